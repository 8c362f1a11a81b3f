import { assertEquals, assertStringIncludes } from "@std/assert";
import { test } from "../../testing/test_programs.ts";
import { readPasswordFile } from "../../lib/broker/access/access_files.ts";
import { isHashOf } from "../../lib/broker/access/password_hash.ts";
import { within } from "../../testing/deadline.ts";
import type { Process } from "../../testing/processes.ts";
import {
  runCommand,
  startCommand,
  startInTerminal,
} from "../../testing/project/commands.ts";
import { temporaryFile } from "../../testing/temporary_file.ts";

const TASK = "broker:passwd";

/** Whether a password is what a file's user has. */
async function isRight(
  file: string,
  user: string,
  password: string,
): Promise<boolean> {
  const { users } = await readPasswordFile(file);
  return await isHashOf(users.get(user)!, new TextEncoder().encode(password));
}

Deno.test("broker:passwd takes a password from a file, standard input or a variable", async () => {
  await using place = await temporaryFile("passwords");
  const { file } = place;
  await Deno.writeTextFile(`${file}.txt`, "from a file\r\nno password\n");
  const added = await runCommand(TASK, [file, "ann", "--from", `${file}.txt`]);
  assertEquals(added, {
    code: 0,
    stdout: "",
    stderr: 'Added the user "ann"\n',
  });
  assertEquals(await isRight(file, "ann", "from a file"), true);

  await using command = startCommand(TASK, [file, "bob", "--from", "-"]);
  await command.write("from input\n");
  assertEquals((await command.end()).code, 0);
  assertEquals(await isRight(file, "bob", "from input"), true);

  const args = [file, "ann", "--from-variable"];
  const changed = await runCommand(TASK, args, { MQTT_PASSWORD: "variable" });
  assertEquals(changed, {
    code: 0,
    stdout: "",
    stderr: 'Changed the password of "ann"\n',
  });
  assertEquals(await isRight(file, "ann", "variable"), true);

  const listed = await runCommand(TASK, [file]);
  assertEquals(listed, { code: 0, stdout: "ann\nbob\n", stderr: "" });
  const deleted = await runCommand(TASK, [file, "ann", "--delete"]);
  assertEquals(deleted.stderr, 'Deleted the user "ann"\n');
  assertEquals((await runCommand(TASK, [file])).stdout, "bob\n");
});

Deno.test("broker:passwd warns of a password on the command line", async () => {
  await using place = await temporaryFile("passwords");
  const args = [place.file, "ann", "--password", "seen"];
  const { code, stderr } = await runCommand(TASK, args);
  assertEquals(code, 0);
  assertStringIncludes(
    stderr,
    "Others on this machine can see the password of --password",
  );
  assertEquals(await isRight(place.file, "ann", "seen"), true);
});

test.script("broker:passwd asks twice on a terminal, and shows nothing", async ({ script }) => {
  await using place = await temporaryFile("passwords");
  const { file } = place;
  await using first = startInTerminal(script, TASK, [file, "ann"]);
  await answer(first, "Password:", "s3cret");
  await answer(first, "Password again:", "s3cret");
  const { code, stdout } = await first.end();
  assertEquals(code, 0, stdout);
  assertStringIncludes(stdout, 'Added the user "ann"');
  assertEquals(stdout.includes("s3"), false, stdout);
  assertEquals(await isRight(file, "ann", "s3cret"), true);

  await using second = startInTerminal(script, TASK, [file, "ann"]);
  await answer(second, "Password:", "other");
  await answer(second, "Password again:", "others");
  const differing = await second.end();
  assertEquals(differing.code, 2);
  assertStringIncludes(
    differing.stdout,
    "Passwords differ: nothing is changed",
  );
  assertEquals(await isRight(file, "ann", "s3cret"), true);
});

/** Types an answer once the terminal has stopped showing what is typed. */
async function answer(
  terminal: Process,
  question: string,
  text: string,
): Promise<void> {
  await terminal.untilPrinted(question);
  const [tty = ""] = terminal.printed().split(/\r?\n/);
  const hidesInput = async () => {
    const stty = new Deno.Command("stty", { args: ["-F", tty, "-a"] });
    const { stdout } = await stty.output();
    return / -echo /.test(new TextDecoder().decode(stdout));
  };
  await within(
    "the terminal to hide what is typed",
    (async () => {
      while (!await hidesInput());
    })(),
  );
  await terminal.write(`${text}\r`);
}
