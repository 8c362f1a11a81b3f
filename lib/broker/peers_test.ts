import { assert, assertEquals, assertMatch } from "@std/assert";
import { setTimeout as pause } from "node:timers/promises";
import { startBroker } from "../broker.ts";
import { CA_FILE, LOCALHOST } from "../../testing/certificates/certificates.ts";
import { openClient } from "../../testing/clients/clients.ts";
import { PAHO } from "../../testing/clients/paho.ts";
import { placeFlags, runPeer, startProcess } from "../../testing/processes.ts";
import { openBroker } from "../../testing/brokers/embedded_broker.ts";
import { times } from "../../testing/test.ts";
import { test } from "../../testing/peer_tests.ts";
import { temporaryFolder } from "../../testing/temporary_folder.ts";

const HOST = "127.0.0.1";

test.mosquittoClients("startBroker() carries mosquitto_pub's lines to mosquitto_sub at every QoS", async ({ mosquitto_sub, mosquitto_pub }) => {
  await using broker = await startBroker({ port: 0 });
  const lines = times(2_000, (index) => `line ${index}`);
  // A kept message tells when the subscription stands.
  await using client = await openClient(broker.url);
  await client.publish("ready", "go", { retain: true, qos: 1 });
  for (const qos of ["0", "1", "2"]) {
    const flags = [...placeFlags(broker), "-t", "lines", "-q", qos];
    await using subscriber = startProcess(mosquitto_sub, [
      ...flags,
      ...["-t", "ready", "-C", String(lines.length + 1), "-W", "20"],
    ]);
    await subscriber.untilPrinted("go");
    await using publisher = startProcess(mosquitto_pub, [...flags, "-l"]);
    await publisher.write(lines.join("\n") + "\n");
    assertEquals((await publisher.end()).code, 0);
    const { stdout } = await subscriber.end();
    assertEquals(stdout.trimEnd().split("\n"), ["go", ...lines]);
  }
});

test.mosquittoClients("startBroker() keeps a session for mosquitto_sub -c, and 3 MB for its retained file", async ({ mosquitto_sub, mosquitto_pub }) => {
  await using broker = await startBroker({ port: 0 });
  const session = [...placeFlags(broker), "-i", "rec", "-c", "-q", "1"];
  await runPeer(mosquitto_sub, [...session, "-t", "iot/#", "-E"]);
  await using folder = await temporaryFolder();
  const file = `${folder.path}/file`;
  await Deno.writeTextFile(file, "0123456789".repeat(300_000));
  const about = [...placeFlags(broker), "-t", "iot/file", "-f", file];
  await runPeer(mosquitto_pub, [...about, "-q", "1", "-r"]);
  const text = await Deno.readTextFile(file);
  const offline = [...session, "-t", "iot/#", "-N", "-C", "1", "-W", "20"];
  assertEquals(await runPeer(mosquitto_sub, offline), text);
  const kept = ["-t", "iot/file", "-N", "-C", "1", "-W", "20"];
  assertEquals(
    await runPeer(mosquitto_sub, [...placeFlags(broker), ...kept]),
    text,
  );
});

test.mosquittoClients("startBroker() gives mosquitto's clients TLS, passwords, wills and refusals", async ({ mosquitto_sub, mosquitto_pub }) => {
  await using broker = await openBroker({
    tls: { ...LOCALHOST, port: 0 },
    users: { ann: "secret" },
    rules: [{ publish: ["#"], subscribe: ["wills/#"] }],
  });
  const { port } = new URL(broker.tlsUrl!);
  const tls = ["-h", "localhost", "-p", port, "--cafile", CA_FILE];
  const ann = ["-u", "ann", "-P", "secret"];
  const message = ["-t", "a", "-m", "b", "-q", "1"];
  await runPeer(mosquitto_pub, [...tls, ...ann, ...message]);

  const options = { username: "ann", password: "secret" };
  await using watcher = await openClient(broker.url, options);
  await watcher.subscribe("wills/#");
  await watcher.publish("wills/hello", "hi", { retain: true, qos: 1 });
  await using subscriber = startProcess(mosquitto_sub, [
    ...[...placeFlags(broker), ...ann, "-t", "wills/hello", "-t", "secret"],
    ...["--will-topic", "wills/ann", "--will-payload", "gone"],
  ]);
  await subscriber.untilPrinted("hi");
  subscriber.kill("SIGKILL");
  const received = await watcher.untilReceived(2);
  assertEquals(received.map(({ text }) => text), ["hi", "gone"]);

  for (const [flags, reason] of [[["-u", "ann", "-P", "no"], 4], [[], 5]]) {
    const about = [...placeFlags(broker), ...flags as string[], "-t", "a"];
    await using refused = startProcess(mosquitto_pub, [...about, "-n"]);
    const { code, stderr } = await refused.end();
    assertEquals(code, reason);
    assertMatch(stderr, /Connection Refused|not authorised/i);
  }
});

const PAHO_RECORDER = `${PAHO}
port, qos, count = map(int, sys.argv[1:4])
received = []
def on_connect(client, data, flags, code):
    if not flags["session present"]: client.subscribe("iot/#", qos)
    print("session", flags["session present"], flush=True)
def on_message(client, data, message):
    received.append(message.payload.decode())
    if len(received) == count: client.disconnect()
client = new_client("recorder", clean_session=False)
client.on_connect, client.on_message = on_connect, on_message
client.on_subscribe = lambda client, *rest: client.disconnect()
client.connect("${HOST}", port)
client.loop_forever()
print(" ".join(received))
`;
const PAHO_PUBLISHER = `${PAHO}
port, qos, count = map(int, sys.argv[1:4])
client = new_client()
client.max_inflight_messages_set(100)
client.connect("${HOST}", port)
client.loop_start()
published = [client.publish("iot/x", str(n), qos) for n in range(count)]
for message in published: message.wait_for_publish()
client.disconnect()
`;

test.paho("startBroker() keeps for paho's session what paho publishes meanwhile", async ({ paho }) => {
  await using broker = await startBroker({ port: 0 });
  for (const qos of ["1", "2"]) {
    const numbers = [String(broker.port), qos, "3000"];
    const first = await runPeer(paho, ["-c", PAHO_RECORDER, ...numbers]);
    assertEquals(first, "session 0\n\n");
    await runPeer(paho, ["-c", PAHO_PUBLISHER, ...numbers]);
    const second = await runPeer(paho, ["-c", PAHO_RECORDER, ...numbers]);
    const all = times(3_000, (index) => index).join(" ");
    assertEquals(second, `session 1\n${all}\n`);
    // The next turn begins without a session.
    await using end = await openClient(broker.url, { clientId: "recorder" });
    assertEquals(end.client.connected, true);
  }
});

const V5 = ["-V", "mqttv5"];
/** All that mosquitto_sub can print of a message's properties. */
const ALL = "%t|%p|%q|%r|%C|%R|%D|%F|%P|%S";

test.mosquittoClients("startBroker() carries mosquitto_pub's MQTT 5 properties to mosquitto_sub, also of a will and a retained message", async ({ mosquitto_sub, mosquitto_pub }) => {
  await using broker = await startBroker({ port: 0 });
  const place = [...placeFlags(broker), ...V5];
  const properties = (command: string) =>
    [
      ["content-type", "text/plain"],
      ["response-topic", "answers/1"],
      ["correlation-data", "question 1"],
      ["payload-format-indicator", "1"],
      ["user-property", "unit", "°C"],
      ["user-property", "room", "a"],
      ["user-property", "unit", "°F"],
    ].flatMap((property) => ["-D", command, ...property]);
  const expected = "text/plain|answers/1|question 1|1|unit:°C room:a unit:°F";
  const subscribe = ["-D", "subscribe", "subscription-identifier", "7"];
  const watch = ["-t", "iot/#", "-q", "2", "-F", ALL, ...subscribe];

  await runPeer(mosquitto_pub, [
    ...[...place, "-t", "iot/kept", "-m", "21", "-q", "1", "-r"],
    ...properties("publish"),
  ]);
  await using subscriber = startProcess(mosquitto_sub, [
    ...[...place, ...watch, "-C", "3", "-W", "20"],
  ]);
  await subscriber.untilPrinted("iot/kept");
  await runPeer(mosquitto_pub, [
    ...[...place, "-t", "iot/now", "-m", "22", "-q", "2"],
    ...properties("publish"),
  ]);
  await subscriber.untilPrinted("iot/now");
  await using dying = startProcess(mosquitto_sub, [
    ...[...place, "-t", "iot/kept", "--will-topic", "iot/will"],
    ...["--will-payload", "gone", ...properties("will")],
  ]);
  await dying.untilPrinted("21");
  dying.kill("SIGKILL");
  const { code, stdout } = await subscriber.end();
  assertEquals(code, 0);
  assertEquals(stdout.trimEnd().split("\n"), [
    `iot/kept|21|1|1|${expected}|7`,
    `iot/now|22|2|0|${expected}|7`,
    `iot/will|gone|0|0|${expected}|7`,
  ]);
});

test.mosquittoClients("startBroker() shares messages among mosquitto_subs of a group, each to one of them", async ({ mosquitto_sub, mosquitto_pub }) => {
  await using broker = await startBroker({ port: 0 });
  const place = [...placeFlags(broker), ...V5];
  // A kept message tells when the subscription stands.
  const ready = ["-t", "ready", "-m", "go", "-q", "1", "-r"];
  await runPeer(mosquitto_pub, [...place, ...ready]);
  const start = (...filters: string[]) =>
    startProcess(mosquitto_sub, [
      ...[...place, "-q", "1", "-W", "20"],
      ...[...filters, "ready", "end"].flatMap((filter) => ["-t", filter]),
    ]);
  await using first = start("$share/group/jobs");
  await using second = start("$share/group/jobs");
  await using alone = start("jobs");
  const all = [first, second, alone];
  for (const subscriber of all) await subscriber.untilPrinted("go\n");
  const jobs = times(500, (index) => `job ${index}`);
  await using publisher = startProcess(mosquitto_pub, [
    ...[...place, "-t", "jobs", "-q", "1", "-l"],
  ]);
  await publisher.write(jobs.join("\n") + "\n");
  assertEquals((await publisher.end()).code, 0);
  // At QoS 0 it would overtake the jobs that wait.
  await runPeer(mosquitto_pub, [
    ...[...place, "-t", "end", "-m", "end", "-q", "1"],
  ]);
  const [one, other, every] = await Promise.all(
    all.map(async (subscriber) => {
      await subscriber.untilPrinted("end\n");
      return subscriber.printed().split("\n").slice(1, -2);
    }),
  );
  assertEquals(every, jobs);
  const numbers = [...one!, ...other!].map((job) => parseInt(job.slice(4)));
  assertEquals(numbers.sort((a, b) => a - b), [...jobs.keys()]);
  assert(one!.length > 100 && other!.length > 100, `${one!.length} of 500`);
});

test.mosquittoClients("startBroker() drops for mosquitto_sub what has expired, and says how long the rest lives", async ({ mosquitto_sub, mosquitto_pub }) => {
  await using broker = await startBroker({ port: 0 });
  const place = [...placeFlags(broker), ...V5];
  const session = [...place, "-c", "-i", "rec", "-x", "60", "-q", "1"];
  await runPeer(mosquitto_sub, [...session, "-t", "iot/#", "-E"]);
  const publish = (name: string, ...flags: string[]) =>
    runPeer(mosquitto_pub, [
      ...[...place, "-t", `iot/${name}`, "-m", name, "-q", "1", ...flags],
    ]);
  const expiry = ["-D", "publish", "message-expiry-interval"];
  await publish("brief", ...expiry, "1");
  await publish("retained", ...expiry, "1", "-r");
  await publish("long", ...expiry, "100");
  await publish("eternal");
  await pause(2_100);
  const offline = [...session, "-t", "iot/#", "-F", "%p %E", "-W", "20"];
  const printed = await runPeer(mosquitto_sub, [...offline, "-C", "2"]);
  const [long, eternal] = printed.split("\n");
  const seconds = Number(/^long (\d+)$/.exec(long!)?.[1]);
  assert(seconds >= 90 && seconds <= 98, `${seconds} s are left of 100`);
  assertEquals(eternal, "eternal ");
  await using client = await openClient(broker.url);
  await client.subscribe("iot/#", 1);
  await client.publish("iot/end", "end", { qos: 1 });
  const [first] = await client.untilReceived(1);
  assertEquals(first?.topic, "iot/end");
});

test.mosquittoClients("startBroker() delays mosquitto_sub's will, and withholds it when mosquitto_sub is back in time", async ({ mosquitto_sub }) => {
  await using broker = await startBroker({ port: 0 });
  await using watcher = await openClient(broker.url);
  await watcher.publish("ready", "go", { retain: true, qos: 1 });
  await watcher.subscribe("wills/#", 1);
  const start = (id: string, delay: number) =>
    startProcess(mosquitto_sub, [
      ...[...placeFlags(broker), ...V5, "-i", id, "-c", "-x", "60"],
      ...["-t", "ready", "--will-topic", `wills/${id}`, "--will-qos", "1"],
      ...["--will-payload", "gone"],
      ...["-D", "will", "will-delay-interval", `${delay}`],
    ]);
  const die = async (id: string, delay: number) => {
    await using subscriber = start(id, delay);
    await subscriber.untilPrinted("go");
    subscriber.kill("SIGKILL");
    await subscriber.end();
  };
  await die("back", 1);
  await using back = start("back", 1);
  await back.untilPrinted("go");
  const death = performance.now();
  await die("lost", 2);
  const [will] = await watcher.untilReceived(1);
  const waited = performance.now() - death;
  assertEquals([will?.topic, will?.text], ["wills/lost", "gone"]);
  assert(waited > 1_900 && waited < 5_000, `It came after ${waited} ms`);
  // That of who was back in time has been due for a second.
  assertEquals(watcher.received.length, 1);
});
