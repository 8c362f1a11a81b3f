import { assert, assertEquals } from "@std/assert";
import { within } from "../../testing/deadline.ts";
import { StudentProgram } from "./student_program.ts";

/** Starts a program that is given as text. */
function start(code: string): StudentProgram {
  return new StudentProgram({
    name: "main",
    source: code,
    command: [Deno.execPath(), "eval", code],
    folder: Deno.cwd(),
    variables: { NO_COLOR: "1" },
  });
}

/** Waits until something holds of what the program does. */
function until(program: StudentProgram, holds: () => boolean): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  program.onChange = () => holds() && resolve();
  program.onChange();
  return within(String(holds), promise);
}

Deno.test("StudentProgram.printed has whole lines, each with its time", async () => {
  await using program = start(`
    console.log("one\\r\\ntwo");
    Deno.stdout.writeSync(new TextEncoder().encode("begun"));
    Deno.stdin.readSync(new Uint8Array(1));
    console.log(", ended\\nlast");
  `);
  await until(program, () => program.stdout.endsWith("begun"));
  assertEquals(program.lines, ["one", "two"]);
  await program.type("");
  await until(program, () => program.code !== undefined);
  assertEquals(program.lines, ["one", "two", "begun, ended", "last"]);
  const times = program.printed.map(({ at }) => at);
  assert(times[0]! > program.startedAt);
  assertEquals(times, times.toSorted((a, b) => a - b));
});

Deno.test("StudentProgram.printed has the last line without its end, too", async () => {
  await using program = start(
    `Deno.stdout.writeSync(new TextEncoder().encode("one\\ntwo"));`,
  );
  await until(program, () => program.code !== undefined);
  assertEquals(program.lines, ["one", "two"]);
});

Deno.test("StudentProgram.write sends a part of a line", async () => {
  await using program = start(`
    for await (const bytes of Deno.stdin.readable) {
      Deno.stdout.writeSync(bytes);
    }
  `);
  await program.write("sal");
  await until(program, () => program.stdout === "sal");
  assertEquals(program.lines, []);
  await program.write("ut\n");
  await until(program, () => program.lines.length > 0);
  assertEquals(program.lines, ["salut"]);
});
