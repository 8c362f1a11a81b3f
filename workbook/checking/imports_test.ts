import { assert, assertEquals, assertRejects } from "@std/assert";
import { listExercises } from "../exercises/exercises.ts";
import { denoFlags } from "../../testing/deno_flags.ts";
import { assertOwnImports, outsideImports } from "./imports.ts";
import { stage } from "./stage.ts";
import { RefusedError } from "./student_files.ts";

/** What is found in a program, staged as an exercise. */
async function found(text: string): Promise<string[]> {
  await using staged = await stage("01_presence", {
    "main.ts": new TextEncoder().encode(text),
  }, denoFlags());
  return await outsideImports(staged.folder, ["main.ts"], denoFlags());
}

const SECRET = "file:///etc/passwd";

const ESCAPES = {
  "a text": `import text from "${SECRET}" with { type: "text" };`,
  "bytes": `import bytes from "${SECRET}" with { type: "bytes" };`,
  "a module": `import "${SECRET}";`,
  "a module that is passed on": `export * from "${SECRET}";`,
  "a module that is imported while it runs": `await import("${SECRET}");`,
  "types": `import type { Secret } from "${SECRET}";`,
  "types in an expression": `let secret: typeof import("${SECRET}");`,
  "types that are referred to": `/// <reference path="${SECRET}" />\n`,
  "a module of a module": `import "data:text/javascript,import '${SECRET}'";`,
};

for (const [what, text] of Object.entries(ESCAPES)) {
  Deno.test(`outsideImports() finds ${what}`, async () => {
    assertEquals(await found(text), [SECRET]);
  });
}

Deno.test("outsideImports() finds what leaves the folder through the toolkit's", async () => {
  const [one = "", ...others] = await found(
    `import text from "../../solutions/01_presence/main.ts";
    import "../../lib/..%2f..%2f..%2f/etc/passwd";
    import "../../../etc/passwd";`,
  );
  assertEquals(others.length, 2, `${one} ${others}`);
});

Deno.test("outsideImports() accepts the toolkit, packages and itself", async () => {
  const outside = await found(`
    import { brokerUrl } from "../../lib/mod.ts";
    import { readReadings } from "../../lib/csv.ts";
    import { stringify } from "@std/csv";
    import { MqttClient } from "mqtt";
    import "node:fs";
    import * as self from "./main.ts";
    import "npm:no-such-package@1.0.0";
    import "https://127.0.0.1:1/x.ts";
  `);
  assertEquals(outside, []);
});

Deno.test("outsideImports() leaves it to a run to refuse a program that is no TypeScript", async () => {
  assertEquals(await found("let = ;"), []);
});

Deno.test("assertOwnImports() names a few, as the program sees them, and not at any length", async () => {
  const [exercise] = await listExercises();
  const refusal = async (...imports: string[]) => {
    const text = imports.map((one) => `import "${one}";`).join("\n");
    const files = { "main.ts": new TextEncoder().encode(text) };
    const { message } = await assertRejects(
      () => assertOwnImports(exercise!, files, denoFlags()),
      RefusedError,
    );
    return message;
  };
  assertEquals(
    await refusal("../common.ts"),
    `it imports "../../exercises/common.ts", which is neither its own nor the toolkit's`,
  );
  const long = (name: number) => `file:///${name}${"x".repeat(10_000)}`;
  const message = await refusal(long(1), long(2), long(3), long(4));
  assert(message.length < 350, message.slice(0, 1000));
});
