import { assert, assertEquals } from "@std/assert";
import { connect } from "../connect.ts";
import { messages } from "../messages.ts";
import { Publisher } from "../publisher.ts";
import { Sensor } from "../sensor.ts";
import { subscribe } from "../subscribe.ts";
import { within } from "../../testing/deadline.ts";
import {
  type ScriptedBroker,
  startScriptedBroker,
} from "../../testing/brokers/scripted_broker.ts";
import { deliver, listen, QUICK } from "../../testing/brokers/scripts.ts";
import { logged } from "../../testing/test.ts";

const KEEPALIVE = 1;

/** What a client does on a connection until the test ends it. */
type Start = (
  broker: ScriptedBroker,
  log: (line: string) => void,
) => Promise<AsyncDisposable>;

const OPTIONS = { keepalive: KEEPALIVE, retryDelay: QUICK };

const clients: Record<string, Start> = {
  "subscribe()": ({ url }, log) =>
    subscribe(url, "iot/#", () => {}, false, { ...OPTIONS, log }),
  "messages()": async (broker, log) => {
    const source = messages(broker.url, "iot/#", { ...OPTIONS, log });
    const first = source.next();
    await broker.received("subscribe");
    deliver(broker, { qos: 0 });
    await first;
    return { [Symbol.asyncDispose]: async () => void await source.return() };
  },
  "Publisher": async ({ url }, log) => {
    const publisher = await Publisher.connect(url, { ...OPTIONS, log });
    // What is sent is no sign that the peer is alive.
    const timer = setInterval(() => {
      for (const qos of [0, 1] as const) {
        publisher.publish("iot/x", 1, { qos });
      }
    }, 100);
    return {
      async [Symbol.asyncDispose]() {
        clearInterval(timer);
        await publisher.flush();
        await publisher.close();
      },
    };
  },
  "Sensor": async ({ url: host }, log) => {
    const sensor = new Sensor(0.05, [0, 1], "iot/x", { ...OPTIONS, host, log });
    await sensor.start();
    return sensor;
  },
};

/** Says how long a client takes to notice that its peer is gone, and its log. */
async function notice(start: Start): Promise<{ ms: number; line: string }> {
  // A machine without power says nothing and closes nothing.
  const gone = new Set<unknown>();
  await using broker = await startScriptedBroker((_packet, { socket }) =>
    gone.has(socket) ? "answered" : undefined
  );
  const lost = Promise.withResolvers<string>();
  await using _client = await start(broker, (line) => lost.resolve(line));
  gone.add(broker.connections[0]!.socket);
  const begin = performance.now();
  const line = await within("the notice", lost.promise);
  const ms = performance.now() - begin;
  await broker.received("connect", 2);
  return { ms, line };
}

Deno.test("subscribe(), messages(), Publisher and Sensor notice within 1.5 keepalives that their peer is gone", async () => {
  const outcomes = await Promise.all(Object.values(clients).map(notice));
  for (const [index, name] of Object.keys(clients).entries()) {
    const { ms, line } = outcomes[index]!;
    assert(line.includes("lost: it stopped answering pings"), line);
    // A timer may be a little late; the one after it is due at 2 keepalives.
    assert(ms < 1.8 * KEEPALIVE * 1000, `${name} took ${ms} ms`);
  }
});

Deno.test("connect() pings as often as the broker says, also where it was to send no pings", async () => {
  const accepted = {
    ...{ cmd: "connack", reasonCode: 0, sessionPresent: false } as const,
    properties: { serverKeepAlive: KEEPALIVE },
  };
  await using broker = await startScriptedBroker(({ cmd }) =>
    cmd === "connect" ? accepted : undefined
  );
  for (const keepalive of [0, 60]) {
    const before = broker.all("pingreq").length;
    const options = { protocolVersion: 5, keepalive } as const;
    await using _client = await connect(broker.url, options);
    await broker.received("pingreq", before + 1);
  }
});

Deno.test("subscribe() keeps a connection whose answers to pings come late, behind messages", async () => {
  const timers: ReturnType<typeof setTimeout>[] = [];
  await using broker = await startScriptedBroker((packet, { send }) => {
    if (packet.cmd !== "pingreq") return;
    const late = 1.2 * KEEPALIVE * 1000;
    timers.push(setTimeout(() => send({ cmd: "pingresp" }), late));
    return "answered";
  });
  const { lines, log } = logged();
  await using _subscription = await listen(broker, () => {}, {
    keepalive: KEEPALIVE,
    log,
  });
  const traffic = setInterval(() => deliver(broker, { qos: 0 }), 50);
  await broker.received("pingreq", 3);
  clearInterval(traffic);
  timers.forEach(clearTimeout);
  assertEquals(lines, []);
  assertEquals(broker.connections.length, 1);
});
