import { assertEquals, assertMatch } from "@std/assert";
import { exercise } from "../../checks/01_presence/check.ts";
import { denoFlags } from "../../testing/deno_flags.ts";
import { checkRequirement } from "./run_checks.ts";

/** What the check of the first requirement says of a program. */
async function reportOn(text: string): Promise<string> {
  const { state, report, finding } = await checkRequirement(
    exercise,
    exercise.requirements[0]!,
    {
      files: { "main.ts": new TextEncoder().encode(text) },
      seed: 1,
      flags: denoFlags(),
    },
  );
  assertEquals(state, "failed");
  return `${finding?.words}\n${report}`;
}

Deno.test({
  name: "checkRequirement() ends a program that takes too much memory",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const report = await reportOn(
      `const all = [];
       while (all.length < 400) all.push(new Uint8Array(1e6).fill(1));
       console.log("Reçu: it holds", all.length, "MB");
       setInterval(() => {}, 1000);`,
    );
    assertMatch(
      report,
      /Array buffer allocation failed|JavaScript out of memory/,
    );
    assertEquals(report.includes("it holds"), false, report);
  },
});

Deno.test("checkRequirement() says of a program that doesn't log in where the login is", async () => {
  const report = await reportOn(
    `import { connect } from "../../lib/mod.ts";
     await connect(new URL(Deno.env.get("MQTT_URL")!).host);`,
  );
  assertMatch(report, /It connects without the user and the password/);
});

Deno.test("checkRequirement() says that a module in another folder isn't there", async () => {
  assertMatch(
    await reportOn('import "./parts/presence.ts";'),
    /no other folder/,
  );
});

Deno.test("checkRequirement() names a file of the toolkit as the program sees it", async () => {
  const report = await reportOn(
    `import { connect } from "../../lib/mod.ts";
     await connect("localhost", { keepalive: -1 });`,
  );
  assertMatch(report, /^ +at .*\(lib\/connect\.ts:/m);
  assertEquals(report.includes("file:"), false, report);
});
