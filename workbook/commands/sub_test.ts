import { assertEquals, assertMatch } from "@std/assert";
import { Buffer } from "node:buffer";
import { publishMany, publishOnce, startBroker } from "../../lib/mod.ts";
import { openClient } from "../../testing/clients/clients.ts";
import { within } from "../../testing/deadline.ts";
import { startMosquitto } from "../../testing/brokers/mosquitto.ts";
import { peerTest } from "../../testing/peers.ts";
import { runPeer, startProcess } from "../../testing/processes.ts";
import { startScriptedBroker } from "../../testing/brokers/scripted_broker.ts";
import { runCommand, startCommand } from "../../testing/project/commands.ts";
import { temporaryFile } from "../../testing/temporary_file.ts";
import { test } from "../../testing/test_programs.ts";
import { PROJECT_FOLDER } from "../options/user_folder.ts";

/** Shows packets on standard error, so that a test sees when it is subscribed. */
const TRACE = { MQTT_TRACE: "1" };

/** Runs `deno task sub` for its bytes. */
function spawnSub(args: string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "sub", ...args],
    cwd: PROJECT_FOLDER,
    env: { MQTT_TRACE: "" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

async function receive(...args: string[]): Promise<Uint8Array> {
  const output = spawnSub(args).output();
  const { code, stdout, stderr } = await within("sub", output, 60_000);
  assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
  return stdout;
}

/** Whether the bytes are the payload and a line end: quicker than assertEquals. */
function isLineOf(bytes: Uint8Array, payload: Uint8Array): boolean {
  return bytes.length === payload.length + 1 && bytes.at(-1) === 0x0a &&
    payload.every((byte, index) => byte === bytes[index]);
}

const THREE_MEGABYTES = new Uint8Array(3_000_000);
for (let start = 0; start < THREE_MEGABYTES.length; start += 60_000) {
  crypto.getRandomValues(THREE_MEGABYTES.subarray(start, start + 60_000));
}

/** Has mosquitto_pub leave 3 MB on a broker, and gets them from each address. */
async function receiveLarge(
  mosquitto_pub: string,
  { port, url, websocketUrl }: {
    port: number;
    url: string;
    websocketUrl: string | undefined;
  },
): Promise<void> {
  await using temporary = await temporaryFile("payload");
  await Deno.writeFile(temporary.file, THREE_MEGABYTES);
  const message = ["-t", "big", "-r", "-q", "1", "-f", temporary.file];
  await runPeer(mosquitto_pub, ["-p", `${port}`, ...message]);
  for (const each of [url, websocketUrl!]) {
    const bytes = await receive("-h", each, "-t", "big", "-C", "1");
    assertEquals(isLineOf(bytes, THREE_MEGABYTES), true, each);
  }
}

peerTest(
  ["mosquitto", "mosquitto_pub"],
  "sub receives mosquitto_pub's 3 MB through mosquitto, byte for byte",
  async ({ mosquitto_pub }) => {
    await using mosquitto = await startMosquitto({ websocket: true });
    // mosquitto 2.0 sends 4 kB over WebSocket each time that it wakes up: a
    // client that keeps it awake spares this test a minute.
    await using noise = await openClient(mosquitto.url);
    const timer = setInterval(() => noise.client.publish("noise", ""), 1);
    try {
      await receiveLarge(mosquitto_pub, mosquitto);
    } finally {
      clearInterval(timer);
    }
  },
);

test.mosquittoClients("sub receives mosquitto_pub's 3 MB through the embedded broker, byte for byte", async ({ mosquitto_pub }) => {
  await using broker = await startBroker({ port: 0, websocketPort: 0 });
  await receiveLarge(mosquitto_pub, broker);
});

test.mosquittoClients("sub prints what mosquitto_sub prints", async ({ mosquitto_sub }) => {
  await using broker = await startBroker({ port: 0 });
  const address = ["-h", "127.0.0.1", "-p", `${broker.port}`];
  const sent = ["21.5", "", "a\nb\r\n", " ", "é\u{1f600}"].map((
    payload,
    index,
  ) => ({ topic: `x/${index}`, payload, qos: 1 as const }));
  for (const style of [[], ["-v"], ["-N"], ["-v", "-N"]]) {
    const args = [...address, "-t", "x/#", "-q", "1", "-C", "5", ...style];
    // A session that is kept delivers all, and in the same order.
    const session = ["-c", "-i"];
    await using subscribed = startProcess(mosquitto_sub, [
      ...address,
      ...["-t", "x/#", "-q", "1", "-E", ...session, "theirs"],
    ]);
    await subscribed.end();
    const first = [...args, ...session, "ours", "-W", "1"];
    assertEquals((await runCommand("sub", first)).code, 27);
    await publishMany(broker.url, sent);
    await using theirs = startProcess(mosquitto_sub, [
      ...args,
      ...session,
      "theirs",
    ]);
    const ours = await runCommand("sub", [...args, ...session, "ours"]);
    assertEquals(ours, await theirs.end());
  }
});

test.broker("sub -C acknowledges no message beyond its count", async (broker) => {
  const args = ["-h", broker.url, "-t", "jobs", "-q", "1", "-c", "-i", "me"];
  const first = startCommand("sub", [...args, "-C", "1"], TRACE);
  await first.untilLogged("SUBACK");
  const jobs = Array.from({ length: 30 }, (_, job) => ({
    topic: "jobs",
    payload: job,
    qos: 1 as const,
  }));
  await publishMany(broker.url, jobs);
  assertEquals((await first.end()).stdout, "0\n");
  for (const count of [1, 12, 16]) {
    const { code, stdout, stderr } = await runCommand(
      "sub",
      [...args, "-C", `${count}`],
    );
    assertEquals([code, stderr], [0, ""]);
    const expected = jobs.splice(1, count).map(({ payload }) => `${payload}\n`);
    assertEquals(stdout, expected.join(""));
  }
});

test.broker("sub -C counts exactly at QoS 0, too", async (broker) => {
  const args = ["-h", broker.url, "-t", "#", "-v", "-C", "1500"];
  await using sub = startCommand("sub", args, TRACE);
  await sub.untilLogged("SUBACK");
  const lines = Array.from({ length: 3000 }, (_, index) => `${index}`);
  await publishMany(
    broker.url,
    lines.map((payload) => ({ topic: "x", payload })),
  );
  const { code, stdout } = await sub.end();
  assertEquals(code, 0);
  const expected = lines.slice(0, 1500).map((payload) => `x ${payload}\n`);
  assertEquals(stdout, expected.join(""));
});

test.broker("sub -W ends with 27, whatever came before", async (broker) => {
  await publishOnce(broker.url, { topic: "x", payload: "y", retain: true });
  const args = ["-h", broker.url, "-t", "x", "-W", "1", "-C", "2"];
  assertEquals(await runCommand("sub", args), {
    code: 27,
    stdout: "y\n",
    stderr: "Timed out\n",
  });
});

test.scripted("sub acknowledges what it has written, and stays connected meanwhile", async (broker) => {
  const sub = spawnSub(["-h", broker.url, "-t", "x", "-q", "1", "-k", "1"]);
  await within("SUBSCRIBE", broker.received("subscribe"), 30_000);
  // More than a pipe holds.
  const payload = Buffer.alloc(1_000_000, "x");
  broker.connections[0]?.send({
    ...{ cmd: "publish", topic: "x", payload, qos: 1 },
    ...{ messageId: 7, dup: false, retain: false },
  });
  await within("two pings", broker.received("pingreq", 2));
  assertEquals(broker.packets.some(({ cmd }) => cmd === "puback"), false);
  const reader = sub.stdout.getReader();
  for (let left = payload.length + 1; left > 0;) {
    const { value } = await within("the payload", reader.read());
    left -= value!.length;
  }
  await within("PUBACK", broker.received("puback"));
  // Nobody reads on: the next message that can't be written ends it.
  await reader.cancel();
  broker.connections[0]?.send({
    ...{ cmd: "publish", topic: "x", payload, qos: 1 },
    ...{ messageId: 8, dup: false, retain: false },
  });
  const [{ code }, stderr] = await within(
    "its end",
    Promise.all([sub.status, new Response(sub.stderr).text()]),
  );
  assertEquals([code, stderr], [0, ""]);
  const last = broker.packets.slice(-2);
  assertEquals(last.map(({ cmd, messageId }) => [cmd, messageId]), [
    ["puback", 7],
    ["disconnect", undefined],
  ]);
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  test.unix(`sub ends on ${signal}, without its will`, async () => {
    await using broker = await startScriptedBroker();
    const args = ["-h", broker.url, "-t", "x", "--will-topic", "gone"];
    await using sub = startCommand("sub", args);
    await within("SUBSCRIBE", broker.received("subscribe"), 30_000);
    assertEquals(await sub.stop(signal), { code: 0, stdout: "", stderr: "" });
    assertEquals(broker.packets.at(-1)?.cmd, "disconnect");
  });
}

Deno.test("sub waits for a broker, and says once each way that it went and came", async () => {
  const first = await startBroker({ port: 0 });
  const { port, url } = first;
  await first.close();
  await using sub = startCommand("sub", ["-h", url, "-t", "x", "-C", "2"]);
  await sub.untilLogged("can't be reached: connection refused");
  const message = { topic: "x", payload: "y", retain: true };
  {
    await using broker = await startBroker({ port });
    await publishOnce(broker.url, message);
    await sub.untilPrinted("y\n");
  }
  await sub.untilLogged("lost");
  await using again = await startBroker({ port });
  await publishOnce(again.url, message);
  const { code, stdout, stderr } = await sub.end();
  assertEquals([code, stdout], [0, "y\ny\n"]);
  const lines = stderr.trimEnd().split("\n");
  assertEquals(lines.filter((line) => line.includes("reached")).length, 1);
  assertEquals(lines.filter((line) => line.includes("lost")).length, 1);
  assertMatch(lines.at(-1) ?? "", /^Connected to \S+ again after/);
});

Deno.test("sub names a topic that is refused, and receives the others", async () => {
  await using broker = await startBroker({
    port: 0,
    rules: [{ publish: ["#"], subscribe: ["open/#"] }],
  });
  const payload = "y";
  await publishOnce(broker.url, { topic: "open/x", payload, retain: true });
  const address = ["-h", broker.url];
  const both = ["-t", "secret", "-t", "open/x", "-C", "1"];
  assertEquals(await runCommand("sub", [...address, ...both]), {
    code: 0,
    stdout: "y\n",
    stderr: 'Broker refused the topic filter "secret"\n',
  });
  assertEquals(await runCommand("sub", [...address, "-t", "secret"]), {
    code: 1,
    stdout: "",
    stderr: 'Broker refused the topic filter "secret"\n',
  });
});
