import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import {
  type Message,
  messages,
  publishMany,
  publishOnce,
  startBroker,
} from "../../lib/mod.ts";
import { within } from "../../testing/deadline.ts";
import { peerTest } from "../../testing/peers.ts";
import { placeFlags, runPeer, startProcess } from "../../testing/processes.ts";
import { startScriptedBroker } from "../../testing/brokers/scripted_broker.ts";
import { readReadings } from "../../lib/csv.ts";
import {
  runCommand,
  startCommand,
  startInTerminal,
} from "../../testing/project/commands.ts";
import { temporaryFile } from "../../testing/temporary_file.ts";
import { test } from "../../testing/test_programs.ts";

/** What `publish` of mosquitto_pub and of ours can be told. */
const PROPERTIES = [
  "content-type text/plain",
  "user-property unit °C",
  "user-property place roof",
  "response-topic answers/x",
  "correlation-data id7",
  "payload-format-indicator 1",
].flatMap((words) => ["-D", "publish", ...words.split(" ")]);

/** All sequences whose value doesn't depend on the time. */
const FORMATS = [
  "%t %p %q %r %l %m %x %X %% @@ \\\\ \\0 \\a \\e \\n \\r \\t \\v é",
  "[%A] [%C] [%D] [%E] [%F] [%P] [%R] [%S]",
  "[%10l|%-10l|%010l|%20t|%-20t|%.3t|%10.3t|%5.2C|%3q|%5m|%-5F|%05F]",
];

/** Prints messages with `sub`, which must succeed, and say nothing else. */
async function sub(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runCommand("sub", args);
  assertEquals([code, stderr], [0, ""]);
  return stdout;
}

/** The first message of a topic, in MQTT 5. */
async function retained(url: string, topic: string): Promise<Message> {
  const first = async () => {
    for await (const message of messages(url, topic, { protocolVersion: 5 })) {
      return message;
    }
    throw new Error("The stream has ended");
  };
  return await within("a message", first());
}

/** JSON without the time, which differs, and must have mosquitto's form. */
function timeless(json: string): unknown {
  const { tst, ...rest } = JSON.parse(json);
  // mosquitto 2.0.11 writes a Z before the offset, which its man page has not.
  assertMatch(tst, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z?[+-]\d{4}$/);
  return rest;
}

test.mosquittoClients("sub -F prints what mosquitto_sub prints, in both versions of MQTT", async ({ mosquitto_sub, mosquitto_pub }) => {
  await using broker = await startBroker({ port: 0 });
  const place = placeFlags(broker);
  const payload = '{"temp": 21.5}';
  for (const version of ["5", "311"]) {
    const topic = `iot/${version}`;
    const properties = version === "5" ? PROPERTIES : [];
    await runPeer(mosquitto_pub, [
      ...[...place, "-t", topic, "-m", payload, "-r", "-q", "1"],
      ...["-V", version, ...properties],
    ]);
    const args = [...place, "-t", topic, "-q", "1", "-C", "1", "-V", version];
    for (const format of FORMATS) {
      assertEquals(
        await sub(...args, "-F", format),
        await runPeer(mosquitto_sub, [...args, "-F", format]),
      );
    }
    for (const format of ["%j", "%J"]) {
      assertEquals(
        timeless(await sub(...args, "-F", format)),
        timeless(await runPeer(mosquitto_sub, [...args, "-F", format])),
      );
    }
    assertEquals(await sub(...args, "-N", "-F", "%t"), topic);
  }
});

test.broker("sub -F says which payload isn't the JSON that %J needs", async (broker) => {
  await publishOnce(broker.url, { topic: "x", payload: "{", retain: true });
  const args = ["-h", broker.url, "-t", "x", "-C", "1", "-F", "%t %J"];
  assertEquals(await runCommand("sub", args), {
    code: 0,
    stdout: "x \n",
    stderr: "Payload on x is not JSON: %J needs it\n",
  });
});

test.script("sub lets no control character of a stranger reach a terminal, with -F, -v and -d", async ({ script }) => {
  await using broker = await startScriptedBroker((packet, connection) => {
    if (packet.cmd !== "subscribe") return undefined;
    connection.send({
      cmd: "suback",
      messageId: packet.messageId!,
      granted: [0],
    });
    connection.send({
      ...{ cmd: "publish", topic: "x/\x1b]0;y\x07\x9b2J\u202e", qos: 0 },
      ...{ payload: "\x1b[2J\u2028", dup: false, retain: false },
    });
    return "answered";
  });
  const args = ["-h", broker.url, "-t", "#", "-C", "1", "-d"];
  const shown = "x/\\x1b]0;y\\x07\\x9b2J\\u202e \\x1b[2J\\u2028";
  const styles = [
    { flags: ["-F", "\\e[1m%t %p %j"], line: `\x1b[1m${shown} {` },
    { flags: ["-v"], line: shown },
  ];
  for (const { flags, line } of styles) {
    await using terminal = startInTerminal(script, "sub", [
      ...args,
      ...flags,
    ]);
    const { code, stdout } = await terminal.end();
    assertEquals(code, 0);
    assertStringIncludes(stdout, line);
    assertStringIncludes(stdout, "← PUBLISH     x/\\x1b]0;y");
    // Before, Deno draws and takes away what it loads.
    const own = stdout.slice(stdout.indexOf("→ CONNECT"));
    const others = own.replaceAll("\x1b[1m", "").replaceAll(/[\r\n]/g, "");
    assertEquals(others.match(/[\p{Cc}\u2028\u202e]/u), null);
  }
});

test.mosquittoClients("sub -T, -R and --retained-only choose messages as mosquitto_sub does", async ({ mosquitto_sub }) => {
  await using broker = await startBroker({ port: 0 });
  const old = ["a", "b", "c/1", "c/2"].map((topic) => ({
    topic,
    payload: `old ${topic}`,
    retain: true,
  }));
  await publishMany(broker.url, old);
  const args = [...placeFlags(broker), "-t", "#", "-v"];
  const choices = [
    ["--retained-only", "-C", "4"],
    ["-T", "a", "-T", "c/#", "-C", "1"],
    ["-T", "+", "-C", "2"],
  ];
  for (const choice of choices) {
    const theirs = await runPeer(mosquitto_sub, [...args, ...choice]);
    assertEquals(await sub(...args, ...choice), theirs);
  }
  // A session that is kept gets what has come meanwhile, and not retained.
  const fresh = ["new", "newer"].map((topic) => ({
    ...{ topic, payload: "1", qos: 1 as const },
  }));
  const kept = [...args, "-q", "1", "-c", "-i"];
  await runPeer(mosquitto_sub, [...kept, "theirs", "-E"]);
  assertEquals(
    (await runCommand("sub", [...kept, "ours", "-W", "1"])).code,
    27,
  );
  await publishMany(broker.url, fresh);
  const late = ["-R", "-C", "2"];
  assertEquals(
    await sub(...kept, "ours", ...late),
    await runPeer(mosquitto_sub, [...kept, "theirs", ...late]),
  );
  await using ours = startCommand("sub", [...args, "--retained-only"]);
  await using theirs = startProcess(mosquitto_sub, [
    ...[...args, "--retained-only"],
  ]);
  await ours.untilPrinted("c/2");
  await theirs.untilPrinted("c/2");
  await publishMany(broker.url, fresh);
  assertEquals(await ours.end(), await theirs.end());
});

test.broker("sub --retained-only leaves the message that ends it to the next", async (broker) => {
  const args = ["-h", broker.url, "-t", "x", "-q", "1", "-c", "-i", "me"];
  await using first = startCommand("sub", [...args, "--retained-only", "-d"]);
  await first.untilLogged("SUBACK");
  await publishOnce(broker.url, { topic: "x", payload: "job", qos: 1 });
  assertEquals((await first.end()).stdout, "");
  assertEquals(await sub(...args, "-C", "1"), "job\n");
});

test.broker("sub -U ends a subscription of a kept session", async (broker) => {
  const args = ["-h", broker.url, "-q", "1", "-c", "-i", "me"];
  const both = [...args, "-t", "a", "-t", "b", "-W", "1"];
  assertEquals((await runCommand("sub", both)).code, 27);
  await using second = startCommand("sub", [
    ...[...args, "-t", "a", "-U", "b", "-C", "1", "-d"],
  ]);
  await second.untilLogged("UNSUBACK");
  await publishMany(broker.url, [
    { topic: "b", payload: "unwanted", qos: 1 },
    { topic: "a", payload: "wanted", qos: 1 },
  ]);
  const { code, stdout, stderr } = await second.end();
  assertEquals([code, stdout], [0, "wanted\n"]);
  assertStringIncludes(stderr, "→ UNSUBSCRIBE b id");
});

Deno.test("-L says where the broker is, who asks, and for what, and is never printed", async () => {
  await using broker = await startBroker({
    port: 0,
    users: { ann: "s3cret/1" },
  });
  const place = `127.0.0.1:${broker.port}/iot/#`;
  const url = `mqtt://ann:s3cret%2F1@${place}`;
  const topic = url.replace("#", "x");
  const message = ["-m", "21.5", "-r", "-d"];
  const published = await runCommand("pub", ["-L", topic, ...message]);
  assertEquals(published.code, 0);
  const printed = await runCommand("sub", ["-L", url, "-C", "1", "-v", "-d"]);
  assertEquals([printed.code, printed.stdout], [0, "iot/x 21.5\n"]);
  const wrong = [
    `mqtt://ann:s3cret/1@${place}`,
    `mqtt://ann:s3cret:1@${place}`,
    `mqtt://ann:s3cret#1@${place}`,
    `mqtt://ann:s3cret@127.0.0.1:${broker.port}/x`,
    `ws://ann:s3cret@${place}`,
    `ann:s3cret@${place}`,
    "mqtt://ann:s3cret@127.0.0.1:99999/x",
    "mqtt://ann:s3cret@127.0.0.1",
  ];
  const outcomes = await Promise.all(
    wrong.map((url) => runCommand("pub", ["-L", url, ...message])),
  );
  for (const { code, stderr } of outcomes) assert(code > 0, stderr);
  for (const { stderr } of [published, printed, ...outcomes]) {
    assertEquals(stderr.includes("s3cret"), false, stderr);
  }
});

test.unix("record takes -L, -V and -d, too", async () => {
  await using broker = await startBroker({ port: 0 });
  await using temporary = await temporaryFile();
  const { file } = temporary;
  const url = `mqtt://127.0.0.1:${broker.port}/iot/#`;
  await using record = startCommand("record", [
    ...["-L", url, "-V", "5", "--out", file, "-d"],
  ]);
  await record.untilLogged("Subscribed");
  await publishOnce(broker.url, { topic: "iot/x", payload: 21.5 });
  await record.untilLogged("← PUBLISH");
  const { code, stderr } = await record.stop();
  assertEquals(code, 0);
  assertMatch(stderr, /→ CONNECT .* MQTT 5 /);
  const rows = await Array.fromAsync(readReadings(file));
  assertEquals(rows.map(({ value }) => value), [21.5]);
});

test.mosquittoClients("pub -D gives a message the properties that mosquitto_pub gives it", async ({ mosquitto_pub }) => {
  await using broker = await startBroker({ port: 0 });
  const args = [...placeFlags(broker), "-m", "21.5", "-r", ...PROPERTIES];
  await runPeer(mosquitto_pub, [...args, "-t", "theirs"]);
  const outcome = await runCommand("pub", [...args, "-t", "ours"]);
  assertEquals(outcome, { code: 0, stdout: "", stderr: "" });
  const ours = await retained(broker.url, "ours");
  const theirs = await retained(broker.url, "theirs");
  assertEquals(ours.properties, theirs.properties);
  assertEquals(ours.properties.userProperties?.unit, "°C");
});

test.scripted("pub -D gives properties to the connection and to the will", async (broker) => {
  const args = ["-h", broker.url, "-t", "x", "-m", "y", "--will-topic", "gone"];
  const { code, stderr } = await runCommand("pub", [
    ...args,
    ...["-D", "connect", "session-expiry-interval", "60"],
    ...["-D", "will", "will-delay-interval", "5"],
  ]);
  assertEquals([code, stderr], [0, ""]);
  const [connect] = broker.packets;
  assert(connect?.cmd === "connect");
  assertEquals(connect.protocolVersion, 5);
  assertEquals(connect.properties?.sessionExpiryInterval, 60);
  assertEquals(connect.will?.properties?.willDelayInterval, 5);
});

test.scripted("pub --repeat publishes one message several times", async (broker) => {
  const args = ["-h", broker.url, "-t", "x", "-q", "1", "--repeat", "3"];
  const sources = [["-m", "y"], ["-n"], ["-s", "--repeat-delay", "0.01"]];
  for (const source of sources) {
    await using pub = startCommand("pub", [...args, ...source]);
    if (source.includes("-s")) await pub.write("y");
    assertEquals(await pub.end(), { code: 0, stdout: "", stderr: "" });
  }
  const payloads = broker.packets.flatMap((packet) =>
    packet.cmd === "publish" ? [String(packet.payload)] : []
  );
  assertEquals(payloads, ["y", "y", "y", "", "", "", "y", "y", "y"]);
});

test.scripted("pub --repeat-delay leaves time between, and ends when told to", async (broker) => {
  const args = ["-h", broker.url, "-t", "x", "-m", "y", "--repeat", "3"];
  await using pub = startCommand("pub", [...args, "--repeat-delay", "600"]);
  await within("PUBLISH", broker.received("publish"), 30_000);
  if (Deno.build.os === "windows") return;
  assertEquals(await pub.stop(), { code: 0, stdout: "", stderr: "" });
  const commands = broker.packets.map(({ cmd }) => cmd);
  assertEquals(commands, ["connect", "publish", "disconnect"]);
});

for (const name of ["pub", "sub"] as const) {
  const peer = `mosquitto_${name}` as const;
  peerTest(
    [peer],
    `${name} --help names each flag of ${peer}, also those that are missing`,
    async (commands) => {
      await using theirs = startProcess(commands[peer]!, ["--help"]);
      const { stdout } = await theirs.end();
      const flags = new Set(
        stdout.match(/(?<=[\s[{|])(?:--[a-z][\w-]+|-[A-Za-z])(?=[\s\]])/g),
      );
      assert(flags.size > 40, [...flags].join(" "));
      const { stdout: help } = await runCommand(name, ["--help"]);
      const named = new Set(help.match(/--?[A-Za-z][\w-]*/g)).add("--help");
      assertEquals([...flags].filter((flag) => !named.has(flag)), []);
    },
  );
}
