import { assertEquals, assertMatch } from "@std/assert";
import { type Message, messages, startBroker } from "../../lib/mod.ts";
import { openClient } from "../../testing/clients/clients.ts";
import { within } from "../../testing/deadline.ts";
import { startMosquitto } from "../../testing/brokers/mosquitto.ts";
import { peerTest } from "../../testing/peers.ts";
import { startProcess } from "../../testing/processes.ts";
import { startScriptedBroker } from "../../testing/brokers/scripted_broker.ts";
import { runCommand, startCommand } from "../../testing/project/commands.ts";
import { temporaryFile } from "../../testing/temporary_file.ts";
import { test } from "../../testing/test_programs.ts";

/** The message that the broker keeps for a topic. */
async function retained(url: string, topic: string): Promise<Message> {
  const source = messages(url, topic, { timeout: 10 });
  const { value } = await within("a retained message", source.next());
  await source.return();
  return value!;
}

peerTest(
  ["mosquitto", "mosquitto_sub"],
  "pub -l loses none of 100,000 lines on their way to mosquitto_sub",
  async ({ mosquitto_sub }) => {
    const lines = Array.from({ length: 100_000 }, (_, line) => `${line}\n`);
    await using mosquitto = await startMosquitto({
      config: "max_queued_messages 0",
    });
    const session = ["-p", `${mosquitto.port}`, "-i", "reader", "-c"];
    const topic = ["-t", "lines", "-q", "1"];
    await using subscribed = startProcess(mosquitto_sub, [
      ...session,
      ...topic,
      "-E",
    ]);
    assertEquals((await subscribed.end()).code, 0);

    await using pub = startCommand("pub", [...topic, "-l"], {
      MQTT_URL: mosquitto.url,
    });
    await pub.write(lines.join(""));
    assertEquals(await pub.end(), { code: 0, stdout: "", stderr: "" });

    const all = [...session, ...topic, "-C", "100000"];
    await using subscriber = startProcess(mosquitto_sub, all);
    const { stdout } = await subscriber.end();
    assertEquals(stdout === lines.join(""), true);
  },
);

test.broker("pub publishes a text, a file, standard input or nothing, byte for byte", async (broker) => {
  await using temporary = await temporaryFile("payload");
  const bytes = crypto.getRandomValues(new Uint8Array(60_000));
  await Deno.writeFile(temporary.file, bytes);
  const cases: [args: string[], expected: Uint8Array][] = [
    [["-m", "21.5 °C"], new TextEncoder().encode("21.5 °C")],
    [["-m", "-5", "-q", "2"], new TextEncoder().encode("-5")],
    [["-f", temporary.file, "-q", "1"], bytes],
    [["-s"], bytes],
    [["-f", temporary.file, "-V", "mqttv31"], bytes],
  ];
  for (const [args, expected] of cases) {
    await using pub = startCommand(
      "pub",
      ["-h", broker.url, "-t", "kept", "-r", ...args],
    );
    if (args.includes("-s")) await pub.write(bytes);
    assertEquals(await pub.end(), { code: 0, stdout: "", stderr: "" });
    const { payload, retain } = await retained(broker.url, "kept");
    assertEquals([...payload], [...expected]);
    assertEquals(retain, true);
  }
});

test.broker("pub -n empties a topic", async (broker) => {
  await using watcher = await openClient(broker.url);
  await watcher.client.subscribeAsync("#", { qos: 2 });
  for (const args of [["-m", "on", "-q", "2"], ["-n", "-q", "1"], ["-m", ""]]) {
    const all = ["-p", `${broker.port}`, "-t", "lamp", "-r", ...args];
    assertEquals((await runCommand("pub", all)).code, 0);
  }
  const received = await watcher.untilReceived(3);
  assertEquals(received.map(({ text, qos }) => `${text} ${qos}`), [
    "on 2",
    " 1",
    " 0",
  ]);
  await using late = await openClient(broker.url);
  await late.client.subscribeAsync("#");
  assertEquals(late.received, []);
});

test.broker("pub -l publishes each line as it is typed, and the last without its end", async (broker) => {
  await using watcher = await openClient(broker.url);
  await watcher.client.subscribeAsync("#");
  await using pub = startCommand("pub", ["-h", broker.url, "-t", "x", "-l"]);
  await pub.write("first\nsec");
  await watcher.untilReceived(1, 30_000);
  await pub.write("ond\n\n  last");
  await watcher.untilReceived(3);
  assertEquals(await pub.end(), { code: 0, stdout: "", stderr: "" });
  const received = await watcher.untilReceived(4);
  assertEquals(received.map(({ text }) => text), [
    "first",
    "second",
    "",
    "  last",
  ]);
});

const WILL = [
  ...["--will-topic", "gone", "--will-payload", "-1"],
  ...["--will-qos", "1", "--will-retain"],
];
const STREAM = ["-t", "x", "-q", "1", "-l", ...WILL];

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  test.unix(`pub -l finishes on ${signal}, without its will`, async () => {
    await using broker = await startBroker({ port: 0 });
    await using watcher = await openClient(broker.url);
    await watcher.client.subscribeAsync("#");
    await using pub = startCommand("pub", ["-h", broker.url, ...STREAM]);
    await pub.write("a\nb\n");
    await watcher.untilReceived(2, 30_000);
    assertEquals(await pub.stop(signal), { code: 0, stdout: "", stderr: "" });
    assertEquals(watcher.received.map(({ text }) => text), ["a", "b"]);
  });
}

test.unix("pub fails on SIGINT if it has published nothing", async () => {
  await using broker = await startScriptedBroker((packet) =>
    packet.cmd === "connect" ? "answered" : undefined
  );
  const args = ["-h", broker.url, "-t", "x", "-m", "y"];
  await using pub = startCommand("pub", args);
  await within("CONNECT", broker.received("connect"), 30_000);
  assertEquals(await pub.stop("SIGINT"), {
    code: 1,
    stdout: "",
    stderr: "Stopped before the broker answered: nothing is published\n",
  });
});

test.broker("pub's will is published when it is killed", async (broker) => {
  await using watcher = await openClient(broker.url);
  await watcher.client.subscribeAsync("#", { qos: 2 });
  await using pub = startCommand("pub", ["-h", broker.url, ...STREAM]);
  await pub.write("a\n");
  await watcher.untilReceived(1, 30_000);
  pub.kill("SIGKILL");
  const [, will] = await watcher.untilReceived(2);
  assertEquals(will, { topic: "gone", text: "-1", qos: 1, retain: false });
  assertEquals((await retained(broker.url, "gone")).text, "-1");
});

Deno.test("pub ends only once the broker has acknowledged", async () => {
  await using broker = await startScriptedBroker((packet) =>
    packet.cmd === "publish" ? "answered" : undefined
  );
  const args = ["-h", broker.url, "-t", "x", "-m", "y", "-q", "1", "-k", "1"];
  await using pub = startCommand("pub", args);
  let hasEnded = false;
  const ended = pub.end().finally(() => hasEnded = true);
  // A ping a second says that it is still there, after 5 s too, which is as long
  // as it would wait if it were merely disconnecting.
  await within("pings", broker.received("pingreq", 6), 30_000);
  assertEquals(hasEnded, false);
  const publish = broker.packets.find(({ cmd }) => cmd === "publish");
  broker.connections[0]?.send({
    cmd: "puback",
    messageId: publish?.messageId ?? 0,
  });
  assertEquals(await ended, { code: 0, stdout: "", stderr: "" });
  assertEquals(broker.packets.at(-1)?.cmd, "disconnect");
});

Deno.test("pub publishes again what was in flight when the broker went", async () => {
  let isFirst = true;
  await using broker = await startScriptedBroker((packet, { socket }) => {
    if (packet.cmd !== "publish" || !isFirst) return undefined;
    isFirst = false;
    socket.destroy();
    return "answered";
  });
  const args = ["-h", broker.url, "-t", "x", "-m", "y", "-q", "1"];
  const { code, stderr } = await runCommand("pub", args);
  assertEquals(code, 0);
  assertMatch(stderr, /^Connection to \S+ lost: .*\nConnected .* again .*\n$/);
});

test.mosquitto("pub says that the broker refused its message", async () => {
  await using mosquitto = await startMosquitto({
    config: ({ directory }) => {
      Deno.writeTextFileSync(`${directory}/acl`, "topic read #\n");
      return `acl_file ${directory}/acl`;
    },
  });
  const args = ["-h", mosquitto.url, "-t", "x", "-q", "1", "-V", "mqttv5"];
  for (const source of [["-m", "y"], ["-l"]]) {
    await using pub = startCommand("pub", [...args, ...source]);
    if (source.includes("-l")) await pub.write("y\nz\n");
    // With -l it ends before its input does.
    await pub.untilLogged("\n");
    const { code, stderr } = await pub.end();
    assertEquals(code, 1);
    assertMatch(
      stderr,
      /^Message on "x" was not published: the broker refused it: not authorized \(code 135\)\n$/,
    );
  }
});

Deno.test("pub takes its password from MQTT_URL, and says that one is wrong", async () => {
  await using broker = await startBroker({ port: 0, users: { ann: "s3cret" } });
  const message = ["-t", "x", "-m", "y"];
  const good = { MQTT_URL: `mqtt://ann:s3cret@127.0.0.1:${broker.port}` };
  assertEquals((await runCommand("pub", message, good)).code, 0);
  const bad = ["-p", `${broker.port}`, "-u", "ann", "-P", "-x", ...message];
  const { code, stderr } = await runCommand("pub", bad);
  assertEquals(code, 1);
  assertMatch(stderr, /^Broker at \S+ refused the connection: bad user .*\n$/);
});

Deno.test("pub gives up a broker that isn't there", async () => {
  const args = ["-h", "127.0.0.1:1", "-t", "x", "-m", "y"];
  const { code, stderr } = await runCommand("pub", args);
  assertEquals(code, 1);
  assertMatch(stderr, /^Broker at 127\.0\.0\.1:1 can't be reached: .*\n$/);
});
