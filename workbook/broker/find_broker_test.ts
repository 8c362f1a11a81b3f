import { assertEquals } from "@std/assert";
import { startScriptedBroker } from "../../testing/brokers/scripted_broker.ts";
import { runCommand } from "../../testing/project/commands.ts";
import { temporaryFile } from "../../testing/temporary_file.ts";
import { test } from "../../testing/test.ts";

/** Runs what uses a broker, and gives its exit code and standard error. */
async function run(command: string, variables: Record<string, string>) {
  await using temporary = await temporaryFile();
  const args = command === "start"
    ? ["--seconds", "0.1", "--out", temporary.file]
    : [];
  const { code, stderr } = await runCommand(command, args, variables);
  return { code, stderr };
}

for (const command of ["start", "lesson:01", "lesson:08"]) {
  Deno.test(`${command} puts no embedded broker in the place of one that is named`, async () => {
    // One where nobody listens, and one that never answers.
    await using silent = await startScriptedBroker(() => "answered");
    const { host } = new URL(silent.url);
    const [nobody, silence] = await Promise.all([
      run(command, { MQTT_URL: "info:s3cret@127.0.0.1:1" }),
      run(command, { MQTT_URL: `mqtt://info:s3cret@${host} ` }),
    ]);
    assertEquals(nobody, {
      code: 1,
      stderr:
        "Broker at 127.0.0.1:1 can't be reached: connection refused (is a broker running there?)\n",
    });
    assertEquals(silence, {
      code: 1,
      stderr:
        `Broker at ${host} can't be reached: it accepts, but does not answer\n`,
    });
  });
}

for (const command of ["start", "lesson:01"]) {
  Deno.test(`${command} hears a broker that answers a wrong password late`, async () => {
    const timers: ReturnType<typeof setTimeout>[] = [];
    await using broker = await startScriptedBroker((packet, { send }) => {
      if (packet.cmd !== "connect") return undefined;
      const answer = () =>
        send({ cmd: "connack", returnCode: 4, sessionPresent: false });
      timers.push(setTimeout(answer, 4_000));
      return "answered";
    });
    const { host } = new URL(broker.url);
    assertEquals(await run(command, { MQTT_URL: `info:s3cret@${host}` }), {
      code: 1,
      stderr:
        `Broker at ${host} refused the connection: bad user name or password (code 4)\n`,
    });
    timers.forEach(clearTimeout);
  });
}

test.broker("start uses a broker that nobody names where one is expected", async (broker) => {
  const local = { WORKBOOK_LOCAL_BROKER: `127.0.0.1:${broker.port}` };
  assertEquals(await run("start", local), { code: 0, stderr: "" });
});

Deno.test("lesson:08 logs in at the broker that is named", async () => {
  const users: unknown[] = [];
  await using named = await startScriptedBroker((packet) => {
    if (packet.cmd === "connect") users.push(packet.username);
    return undefined;
  });
  await run("lesson:08", { MQTT_URL: named.url });
  // Nothing tries it without a user.
  assertEquals(users[0], "alice");
});
