import { assert, assertEquals } from "@std/assert";
import { type Client, connect } from "../connect.ts";
import { Publisher } from "../publisher.ts";
import { Sensor } from "../sensor.ts";
import { within } from "../../testing/deadline.ts";
import { usedMemory } from "../../testing/memory.ts";
import { startScriptedBroker } from "../../testing/brokers/scripted_broker.ts";
import { lose } from "../../testing/brokers/scripts.ts";
import { logged } from "../../testing/test.ts";

const ATTEMPTS = 400;
const LONGEST_PAUSE = 0.004;

const EVENTS = [
  "close",
  "connect",
  "end",
  "error",
  "message",
  "offline",
  "outgoingEmpty",
  "packetreceive",
  "packetsend",
  "reconnect",
] as const;

/** How many listeners a client has for each event. */
function listenersOf(client: Client): [event: string, count: number][] {
  return EVENTS.map((event) => [event, client.listenerCount(event)]);
}

Deno.test("connect() outlasts hundreds of failed attempts, and grows by nothing but its pause, to its limit", async () => {
  let isDown = false;
  let attempts = 0;
  const halfway = Promise.withResolvers<void>();
  const enough = Promise.withResolvers<void>();
  await using broker = await startScriptedBroker((_packet, { socket }) => {
    if (!isDown) return undefined;
    attempts++;
    if (attempts === ATTEMPTS / 2) halfway.resolve();
    if (attempts === ATTEMPTS) enough.resolve();
    socket.destroy();
    return "answered";
  });
  const { lines, log } = logged();
  await using client = await connect(broker.url, {
    retryDelay: [0.001, LONGEST_PAUSE],
    log,
  });
  const publisher = new Publisher(client);
  const before = listenersOf(client);
  const pauses: number[] = [];
  client.on("reconnect", () => pauses.push(client.options.reconnectPeriod!));

  isDown = true;
  broker.connections[0]!.socket.destroy();
  await within("half the attempts", halfway.promise);
  const half = usedMemory();
  const published = ([0, 1, 2] as const).map((qos) =>
    publisher.publish("iot/x", "kept", { qos })
  );
  await within("all attempts", enough.promise);
  const growth = usedMemory() - half;

  const longest = Math.max(...pauses);
  assert(longest <= LONGEST_PAUSE * 1000, `the longest pause was ${longest}`);
  assert(longest > LONGEST_PAUSE * 700, `the longest pause was ${longest}`);
  // One buffer of each of these 200 attempts would be 13 MB.
  assert(growth < 5_000_000, `${growth} bytes are left of the attempts`);
  assertEquals(lines.length, 1, lines.join("\n"));

  isDown = false;
  await within("what was kept", Promise.all(published));
  await publisher.flush();
  client.removeAllListeners("reconnect");
  assertEquals(listenersOf(client), before);
  assertEquals(lines.length, 2, lines.join("\n"));
});

Deno.test("Sensor keeps no value for the broker's return", async () => {
  let isDown = false;
  await using broker = await startScriptedBroker((_packet, { socket }) => {
    if (!isDown) return undefined;
    socket.destroy();
    return "answered";
  });
  await using client = await connect(broker.url, {
    retryDelay: [0.001, LONGEST_PAUSE],
    log: () => {},
  });
  let reading = 0;
  let readingAtReturn = Infinity;
  const outage = Promise.withResolvers<void>();
  const values: number[] = [];
  await using sensor = new Sensor(0.002, [0, 1], "iot/x", {
    client,
    qos: 1,
    read: () => {
      reading++;
      if (isDown && reading > 50) outage.resolve();
      return reading;
    },
    onValue: (value) => values.push(Number(value)),
  });
  await sensor.start();
  await broker.received("publish", 3);
  isDown = true;
  await lose(broker, client);
  const readingAtLoss = reading;
  await within("the outage", outage.promise);
  client.on("packetreceive", ({ cmd }) => {
    if (cmd === "connack") readingAtReturn = reading;
  });
  const count = broker.all("publish").length;
  isDown = false;
  await broker.received("publish", count + 3);
  const kept = values.filter((value) =>
    value > readingAtLoss && value < readingAtReturn
  );
  assertEquals(kept, []);
});

Deno.test("Sensor.stop() waits for nothing while its shared connection is lost", async () => {
  let isDown = false;
  await using broker = await startScriptedBroker((packet, { socket }) => {
    if (isDown) socket.destroy();
    return isDown || packet.cmd === "publish" ? "answered" : undefined;
  });
  await using client = await connect(broker.url, {
    retryDelay: [0.001, LONGEST_PAUSE],
    log: () => {},
  });
  const { lines, log } = logged();
  const sensor = new Sensor(0.002, [0, 1], "iot/x", { client, qos: 1, log });
  await sensor.start();
  await broker.received("publish", 3);
  isDown = true;
  await lose(broker, client);
  await within("stop()", sensor.stop(), 500);
  assertEquals(lines.length, 1);
  assert(lines[0]!.includes("the broker has not answered"), lines[0]);
});
