import { assert, assertEquals } from "@std/assert";
import { setTimeout as pause } from "node:timers/promises";
import { startBroker } from "../broker.ts";
import { openClient } from "../../testing/clients/clients.ts";
import { peerTest } from "../../testing/peers.ts";
import { startProcess } from "../../testing/processes.ts";
import { placeFlags, runPeer } from "../../testing/run_peer.ts";
import { times } from "../../testing/times.ts";

const V5 = ["-V", "mqttv5"];
/** All that mosquitto_sub can print of a message's properties. */
const ALL = "%t|%p|%q|%r|%C|%R|%D|%F|%P|%S";

peerTest(
  ["mosquitto_sub", "mosquitto_pub"],
  "startBroker() carries mosquitto_pub's MQTT 5 properties to mosquitto_sub, also of a will and a retained message",
  async ({ mosquitto_sub, mosquitto_pub }) => {
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
  },
);

peerTest(
  ["mosquitto_sub", "mosquitto_pub"],
  "startBroker() shares messages among mosquitto_subs of a group, each to one of them",
  async ({ mosquitto_sub, mosquitto_pub }) => {
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
    await runPeer(mosquitto_pub, [...place, "-t", "end", "-m", "end"]);
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
  },
);

peerTest(
  ["mosquitto_sub", "mosquitto_pub"],
  "startBroker() drops for mosquitto_sub what has expired, and says how long the rest lives",
  async ({ mosquitto_sub, mosquitto_pub }) => {
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
  },
);

peerTest(
  ["mosquitto_sub"],
  "startBroker() delays mosquitto_sub's will, and withholds it when mosquitto_sub is back in time",
  async ({ mosquitto_sub }) => {
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
  },
);
