import { assertEquals } from "@std/assert";
import { startProcess } from "../../testing/processes.ts";
import { temporaryFolder } from "../../testing/temporary_folder.ts";
import { startCommand } from "../../testing/project/commands.ts";
import {
  type Command,
  readCommands,
  runRefused,
  solutionCall,
} from "../../testing/project/pages.ts";

/** Starts a task of the page in a folder, without the launcher. */
function startTask({ words }: Command, folder: string, more: string[] = []) {
  const [deno, task, name = "", ...args] = words;
  assertEquals([deno, task], ["deno", "task"]);
  const variables = { MQTT_TRACE: "1" };
  return startCommand(name, [...args, ...more], variables, folder);
}

Deno.test("broker_embedded.md sets up a broker that takes info and its password", async () => {
  const [passwd, broker, sub, main, wrong, ...others] = readCommands(
    "broker_embedded.md",
  );
  assertEquals(others, []);
  await using folder = await temporaryFolder();

  // Without a terminal, the password has to come from somewhere else.
  const source = ["--from", "-"];
  await using writing = startTask(passwd!, folder.path, source);
  await writing.write("Password1234\n");
  assertEquals((await writing.end()).code, 0);

  await using running = startTask(broker!, folder.path, ["--port", "0"]);
  await running.untilLogged("Ctrl-C ends");
  const port = Number(/127\.0\.0\.1:(\d+)/.exec(running.logged())![1]);

  const words = sub!.words.map((word) =>
    word.replace("@localhost", `@localhost:${port}`)
  );
  await using listener = startTask({ ...sub!, words }, folder.path);
  await listener.untilLogged("SUBACK");

  await using program = startProcess(...solutionCall(main!, port));
  await program.write("\n\n");
  const { code, stdout, stderr } = await program.end();
  assertEquals(stdout, "Message envoyé\n".repeat(2));
  assertEquals(stderr.match(/→ PUBLISH +exercice5 qos 2/g)?.length, 2);
  assertEquals(code, 0);
  await listener.untilPrinted("clic\nclic\n");

  assertEquals(await runRefused(wrong!, port), {
    code: 1,
    stdout: "",
    stderr:
      `Broker at localhost:${port} refused the connection: bad user name or password (code 4)\n`,
  });
});
