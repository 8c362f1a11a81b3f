import { assert, assertEquals } from "@std/assert";
import { type Client, connect } from "../connect.ts";
import { Publisher } from "../publisher.ts";
import { Sensor } from "../sensor.ts";
import { rejection, within } from "../../testing/deadline.ts";
import { usedMemory } from "../../testing/memory.ts";
import {
  type ScriptedBroker,
  startScriptedBroker,
} from "../../testing/brokers/scripted_broker.ts";
import { deliver, lose, QUICK, silent } from "../../testing/brokers/scripts.ts";
import { logged } from "../../testing/test.ts";
import { ConnectionRefusedError, PublishError } from "../errors.ts";
import { messages } from "../messages.ts";
import { subscribe } from "../subscribe.ts";

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

const RECONNECTS = 3;

/** A broker that cuts three connections, and refuses the fourth. */
interface Fickle extends AsyncDisposable {
  broker: ScriptedBroker;
  lines: string[];
  options: { retryDelay: [number, number]; log: (line: string) => void };
  /** Cuts the connections until one is refused. */
  cutAll(): Promise<void>;
  /** What was logged about the refusal. */
  refusals(): string[];
}

async function startFickle(): Promise<Fickle> {
  const broker = await startScriptedBroker((packet) => {
    if (packet.cmd === "publish") return "answered";
    if (packet.cmd !== "connect") return;
    const returnCode = broker.connections.length > RECONNECTS ? 5 : 0;
    return { cmd: "connack", returnCode, sessionPresent: false };
  });
  const { lines, log } = logged();
  return {
    broker,
    lines,
    options: { retryDelay: QUICK, log },
    async cutAll() {
      for (let count = 1; count <= RECONNECTS; count++) {
        await broker.received("connect", count);
        broker.connections[count - 1]!.socket.destroy();
      }
      await broker.received("connect", RECONNECTS + 1);
    },
    refusals: () => lines.filter((line) => line.includes("refused")),
    [Symbol.asyncDispose]: () => broker[Symbol.asyncDispose](),
  };
}

Deno.test("subscribe() ends with the refusal of a later reconnect", async () => {
  await using fickle = await startFickle();
  const { broker, options } = fickle;
  const ended = subscribe(broker.url, "#", silent, true, options);
  ended.catch(silent);
  await broker.received("subscribe");
  await fickle.cutAll();
  const error = await rejection(
    ended,
    ConnectionRefusedError,
    "not authorized",
  );
  assertEquals(error.code, 5);
  assertEquals(fickle.refusals(), []);
  assertEquals(broker.connections.length, RECONNECTS + 1);
});

Deno.test("messages() ends with the refusal of a later reconnect", async () => {
  await using fickle = await startFickle();
  const { broker, options } = fickle;
  const source = messages(broker.url, "#", options);
  const first = source.next();
  await broker.received("subscribe");
  deliver(broker, { qos: 0 });
  await within("the message", first);
  const second = source.next();
  second.catch(silent);
  await fickle.cutAll();
  await rejection(second, ConnectionRefusedError);
  assertEquals((await source.next()).done, true);
  assertEquals(fickle.refusals(), []);
});

Deno.test("Publisher rejects all that is pending when a later reconnect is refused, and tells it once", async () => {
  await using fickle = await startFickle();
  const { broker, options } = fickle;
  const publisher = await Publisher.connect(broker.url, {
    ...options,
    inflightWindow: 3,
  });
  const published = ([0, 1, 2, 1, 1] as const).map((qos) =>
    publisher.publish("iot/x", qos, { qos })
  );
  const ready = publisher.ready;
  const settled = Promise.allSettled(published);
  await broker.received("publish", 2);
  await fickle.cutAll();
  const outcomes = await within("the promises", settled);
  const errors = outcomes.flatMap((outcome) =>
    outcome.status === "rejected" ? [outcome.reason] : []
  );
  // The one of QoS 0 was on its way.
  assertEquals(errors.length, 4);
  for (const error of errors) {
    assert(error instanceof PublishError);
    assert(error.cause instanceof ConnectionRefusedError);
  }
  await within("ready", ready);
  const publishing = publisher.publish("iot/x", 1, { qos: 1 });
  await rejection(publishing, PublishError, "refused the connection");
  const attempt = within("close()", publisher.close(), 1000);
  await rejection(attempt, AggregateError, "5 messages were not published");
  assertEquals(fickle.refusals().length, 1);
  assertEquals(broker.connections.length, RECONNECTS + 1);
});

Deno.test("Sensor stops in time when a later reconnect was refused, which is told once", async () => {
  await using fickle = await startFickle();
  const { broker, options } = fickle;
  const ticks = Promise.withResolvers<void>();
  let isRefused = false;
  let readings = 0;
  const sensor = new Sensor(0.01, [0, 1], "iot/x", {
    ...options,
    host: broker.url,
    qos: 1,
    read: () => {
      if (isRefused && ++readings === 5) ticks.resolve();
      return 1;
    },
    log: (line) => {
      options.log(line);
      isRefused ||= line.includes("refused");
    },
  });
  await sensor.start();
  await broker.received("publish");
  await fickle.cutAll();
  await within("readings after the refusal", ticks.promise);
  await within("stop()", sensor.stop(), 1000);
  assertEquals(fickle.refusals().length, 1, fickle.lines.join("\n"));
});
