import { assert, assertEquals, assertMatch } from "@std/assert";
import { freePort } from "../../testing/brokers/mosquitto.ts";
import { peerTest } from "../../testing/peers.ts";
import { type Process, startProcess } from "../../testing/processes.ts";
import {
  type Command,
  readBlocks,
  readCommands,
  runRefused,
  solutionCall,
} from "../../testing/project/pages.ts";
import { temporaryFolder } from "../../testing/temporary_folder.ts";
import { startCommand } from "../../testing/project/commands.ts";

const PAGE = "broker_mosquitto.md";

/** Sets a mosquitto up in a folder as the page says, but on a free port. */
async function startAsOnPage(
  folder: string,
  { mosquitto, mosquitto_passwd }: Record<string, string>,
): Promise<Process & { port: number }> {
  const [passwd, broker] = readCommands(PAGE);
  const [name, ...args] = passwd!.words;
  assertEquals(name, "mosquitto_passwd");
  await using setup = startProcess(mosquitto_passwd!, args, {}, folder);
  assertEquals((await setup.end()).code, 0);

  const [config = "", ...others] = readBlocks(PAGE, "conf");
  assertEquals(others, []);
  const port = freePort();
  const lines = [config.replace("listener 1883", `listener ${port}`)];
  assert(lines[0] !== config);
  // Started by root, mosquitto becomes another user, who can't read the folder.
  if (Deno.uid() === 0) lines.push("user root\n");
  await Deno.writeTextFile(`${folder}/mosquitto.conf`, lines.join(""));

  const [path, ...flags] = broker!.words;
  assertMatch(path!, /\/mosquitto$/);
  const process = startProcess(mosquitto!, flags, {}, folder);
  try {
    await process.untilLogged("running");
    return { ...process, port };
  } catch (error) {
    await process[Symbol.asyncDispose]();
    throw error;
  }
}

/** Starts a program whose standard error is its standard output: one order. */
function startMerged(
  [command, args, variables, folder]: ReturnType<typeof solutionCall>,
): Process {
  const script = ["-c", 'exec "$@" 2>&1', "sh", command, ...args];
  return startProcess("sh", script, variables, folder);
}

peerTest(
  ["mosquitto", "mosquitto_passwd"],
  "broker_mosquitto.md sets mosquitto up, and the program completes QoS 2 with it before it says so",
  async (peers) => {
    await using folder = await temporaryFolder();
    await using mosquitto = await startAsOnPage(folder.path, peers);
    const { port } = mosquitto;
    const [, , main, wrong, ...others] = readCommands(PAGE);
    assertEquals(others, []);

    await using program = startMerged(solutionCall(main!, port));
    await program.write("\n");
    await program.untilPrinted("Message envoyé");
    const { code, stdout } = await program.end();
    assertEquals(code, 0);
    const steps = stdout.match(
      /PUBLISH|PUBREC|PUBREL|PUBCOMP|Message envoyé|DISCONNECT/g,
    );
    assertEquals(steps, [
      "PUBLISH",
      "PUBREC",
      "PUBREL",
      "PUBCOMP",
      "Message envoyé",
      "DISCONNECT",
    ]);

    // What the broker saw, in the page's own words but for the client's id.
    await mosquitto.untilLogged("Received DISCONNECT");
    const seen = mosquitto.logged().match(/\w+ PUB.*/g)
      ?.map((line) => line.replace(/mqttjs_\w+/, "CLIENT"));
    const page = readBlocks(PAGE, "")
      .flatMap((block) => block.match(/\w+ PUB.*/g) ?? [])
      .map((line) => line.replace(/mqttjs_\w+/, "CLIENT"));
    assertEquals(page.length, 4);
    assertEquals(seen, page);
    assertMatch(mosquitto.logged(), /u'info'/);
    assertMatch(seen![0]!, /q2,.*'exercice5'/);

    assertEquals(await runRefused(wrong!, port), {
      code: 1,
      stdout: "",
      stderr:
        `Broker at localhost:${port} refused the connection: not authorized (code 5)\n`,
    });
  },
);

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
