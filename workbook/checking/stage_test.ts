import { assertEquals } from "@std/assert";
import { exercise } from "../../checks/01_presence/check.ts";
import { fileURLToPath } from "node:url";
import config from "../../deno.json" with { type: "json" };
import standIns from "../npm_std/import_map.json" with { type: "json" };
import { checkRequirement } from "./run_checks.ts";
import { stage } from "./stage.ts";

const PROJECT = new URL("../../", import.meta.url);
const CONFIG = `--config=${fileURLToPath(new URL("deno.json", PROJECT))}`;

/** The import map with which programs are staged. */
async function stagedMap(...flags: string[]) {
  await using staged = await stage("01_presence", {}, [CONFIG, ...flags]);
  assertEquals(staged.flags.slice(0, -1), [CONFIG]);
  const [, map] = staged.flags.at(-1)!.split("--import-map=");
  const { imports, scopes } = JSON.parse(await Deno.readTextFile(map!));
  const toolkit = Object.keys(imports).find((name) => name.endsWith("/lib/"))!;
  assertEquals(imports[toolkit], new URL("lib/", PROJECT).href);
  delete imports[toolkit];
  return { imports, scopes };
}

Deno.test("stage() keeps what the project imports, also the parts of JSR's packages", async () => {
  const parts = Object.entries(config.imports).map(([name, address]) => [
    `${name}/`,
    `${address.replace("jsr:", "jsr:/")}/`,
  ]);
  assertEquals(await stagedMap(), {
    imports: { ...config.imports, ...Object.fromEntries(parts) },
    scopes: config.scopes,
  });
});

Deno.test("stage() keeps the stand-ins where they are given", async () => {
  const { imports } = await stagedMap("--import-map=any.json");
  const base = new URL("workbook/npm_std/", PROJECT);
  const expected = Object.entries(standIns.imports).map(([name, address]) =>
    address.startsWith("./")
      ? [name, new URL(address, base).href]
      : [name, address]
  );
  assertEquals(imports, Object.fromEntries(expected));
});

Deno.test("stage() lets a program run without the stand-ins, too", async () => {
  const solution = new URL("solutions/01_presence/main.ts", PROJECT);
  const { state, report } = await checkRequirement(
    exercise,
    exercise.requirements[0]!,
    {
      files: { "main.ts": await Deno.readFile(solution) },
      seed: 1,
      flags: [CONFIG],
    },
  );
  assertEquals(state, "passed", report);
});
