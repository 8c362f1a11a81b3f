import { assert, assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import {
  copyProject,
  type Project,
  type RunOptions,
} from "../../testing/project/project.ts";
import { startRegistry } from "../../testing/project/registry.ts";

const STAND_INS = "--import-map=workbook/npm_std/import_map.json";

Deno.test("deno.lock has every npm package, and nothing from JSR", async () => {
  const file = new URL("../../deno.lock", import.meta.url);
  const lock = JSON.parse(await Deno.readTextFile(file));
  assert(!("jsr" in lock));
  const names = Object.keys(lock.specifiers);
  assertEquals(names.filter((name) => !name.startsWith("npm:")), []);

  // With all modules of the project in view, nothing may be left to add. Whether
  // their types are right, is no matter of packages, and takes twice as long.
  const args = ["check", "--quiet", "--lock=deno.lock", STAND_INS];
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args, "--frozen", "--no-check"],
    cwd: fileURLToPath(new URL("../../", import.meta.url)),
    env: { NO_COLOR: "1" },
  }).output();
  assert(
    success,
    `Run "deno ${args.join(" ")}" if the lock file is out of date: ${
      new TextDecoder().decode(stderr)
    }`,
  );
});

Deno.test("deno.lock and all else stay as they are, whatever runs", async () => {
  await using project = await copyProject();
  await using registry = startRegistry("serve");
  const program = 'import * as csv from "@std/csv";\nconsole.log(csv);\n';
  await project.write("workbook/commands/hint.ts", program);
  await project.write("plain.ts", program);
  await project.write("plain_test.ts", `${program}Deno.test("x", () => {});`);
  const before = await project.files();

  const real = { jsrUrl: registry.url };
  const plainly = ["run", "check", "test"];
  for (const subcommand of plainly) {
    const file = subcommand === "test" ? "plain_test.ts" : "plain.ts";
    await runWell(project, [subcommand, STAND_INS, file], {});
    await runWell(project, [subcommand, file], real);
  }
  const test = ["task", "test", "plain_test.ts"];
  const hint = ["task", "hint"];
  const standIns = { variables: { WORKBOOK_STD: "npm" } };
  for (const options of [real, standIns, {}]) {
    await runWell(project, test, options);
    await runWell(project, hint, options);
  }

  const after = await project.files();
  const memory = `${project.folder}/.workbook/jsr_unreachable.json`;
  assert(after.delete(memory), "The last runs found JSR out of reach");
  assertEquals([...after.keys()].sort(), [...before.keys()].sort());
  assertEquals(after, before);
});

Deno.test(".gitignore names what the workbook writes beside its own files", async () => {
  const file = new URL("../../.gitignore", import.meta.url);
  const lines = (await Deno.readTextFile(file)).split(/\r?\n/);
  assert(lines.includes("/.workbook/"));
  assert(lines.includes("sensorvalues.csv"));
});

async function runWell(
  project: Project,
  args: string[],
  options: RunOptions,
): Promise<void> {
  const { code, errors } = await project.run(args, options);
  assertEquals(code, 0, `deno ${args.join(" ")}: ${errors}`);
}
