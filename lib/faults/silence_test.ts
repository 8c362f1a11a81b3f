import { assert, assertEquals } from "@std/assert";
import type { Packet } from "mqtt-packet";
import { connect } from "../connect.ts";
import { BrokerUnreachableError, PublishError } from "../errors.ts";
import { messages } from "../messages.ts";
import { publishMany } from "../publish_once.ts";
import { Publisher } from "../publisher.ts";
import { subscribe } from "../subscribe.ts";
import { rejection, within } from "../../testing/deadline.ts";
import {
  type ScriptedBroker,
  startScriptedBroker,
} from "../../testing/brokers/scripted_broker.ts";
import {
  deliver,
  listen,
  QUICK,
  QUIET,
  silent,
} from "../../testing/brokers/scripts.ts";
import { logged, times } from "../../testing/test.ts";
import { Sensor } from "../sensor.ts";

const PATIENCE = 0.5;

/** Starts a broker that never answers one kind of packet. */
function startSilentOn(
  command: Packet["cmd"],
  fromConnection = 1,
): Promise<ScriptedBroker> {
  let connections = 0;
  return startScriptedBroker((packet) => {
    if (packet.cmd === "connect") connections++;
    const isSilent = packet.cmd === command && connections >= fromConnection;
    return isSilent ? "answered" : undefined;
  });
}

const UNANSWERED: ["connect" | "subscribe", text: string][] = [
  ["connect", "it accepts, but does not answer"],
  ["subscribe", "can't be reached: it does not answer SUBSCRIBE"],
];
for (const [command, text] of UNANSWERED) {
  Deno.test(`subscribe(), messages() and publishMany() give up a broker that never answers ${command.toUpperCase()}`, async () => {
    await using broker = await startSilentOn(command);
    const { lines, log } = logged();
    const options = { timeout: PATIENCE, log };
    const attempts: Promise<unknown>[] = [
      subscribe(broker.url, "#", silent, false, options),
      subscribe(broker.url, ["a", "b"], silent, true, options),
      messages(broker.url, "#", options).next(),
    ];
    if (command === "connect") {
      attempts.push(publishMany(broker.url, [{ topic: "a" }], options));
    }
    attempts.forEach((attempt) => attempt.catch(silent));
    for (const attempt of attempts) {
      await rejection(attempt, BrokerUnreachableError, text);
    }
    assertEquals(lines, []);
  });
}

Deno.test("connect() settles what is pending when it is closed while CONNECT stays unanswered", async () => {
  await using broker = await startSilentOn("connect", 2);
  const client = await connect(broker.url, QUIET);
  broker.connections[0]!.socket.destroy();
  await broker.received("connect", 2);
  const settled = Promise.allSettled([
    client.publishAsync("a", "0"),
    client.publishAsync("a", "1", { qos: 1 }),
    client.publishAsync("a", "2", { qos: 2 }),
    client.subscribeAsync("a"),
  ]);
  await within("close()", client.close(), 1000);
  const outcomes = await within("the promises", settled);
  assert(outcomes.every(({ status }) => status === "rejected"));
});

Deno.test("subscribe() connects again when SUBSCRIBE stays unanswered after a reconnect", async () => {
  let isSilent = false;
  await using broker = await startScriptedBroker((packet) =>
    packet.cmd === "subscribe" && isSilent ? "answered" : undefined
  );
  const { lines, log } = logged();
  await using _subscription = await listen(broker, silent, {
    topics: ["a", "b"],
    timeout: PATIENCE,
    retryDelay: QUICK,
    log,
  });
  isSilent = true;
  broker.connections[0]!.socket.destroy();
  await broker.received("subscribe", 4);
  isSilent = false;
  await broker.received("subscribe", 6);
  const losses = lines.filter((line) => line.includes("lost"));
  assertEquals(losses.length, 2);
  assert(losses[1]!.includes("lost: it does not answer SUBSCRIBE"), losses[1]);
});

for (const qos of [1, 2] as const) {
  Deno.test(`Publisher gives up a broker that never acknowledges, at QoS ${qos}`, async () => {
    await using broker = await startSilentOn("publish");
    const publisher = await Publisher.connect(broker.url, {
      inflightWindow: 2,
      answerTimeout: PATIENCE,
      keepalive: 1,
    });
    const published: Promise<void>[] = [];
    await rejection(
      (async () => {
        for (;;) {
          await publisher.ready;
          published.push(publisher.publish("a", 1, { qos }));
        }
      })(),
      BrokerUnreachableError,
      "it does not acknowledge what is published",
    );
    assertEquals(published.length, 2);
    await rejection(publisher.flush(), BrokerUnreachableError);
    // A later answer gives room again.
    const ready = publisher.ready;
    const [messageId] = broker.all("publish").map((packet) =>
      packet.messageId!
    );
    const cmd = qos === 1 ? "puback" : "pubcomp";
    broker.connections[0]!.send({ cmd, messageId: messageId! });
    await within("room", ready);
    await rejection(publisher.close({ timeout: 0.1 }), AggregateError);
    const outcomes = await Promise.allSettled(published);
    assertEquals(outcomes.map(({ status }) => status), [
      "fulfilled",
      "rejected",
    ]);
  });
}

Deno.test("Publisher gives up an answer although its client was ended meanwhile", async () => {
  await using broker = await startSilentOn("publish");
  await using client = await connect(broker.url, { inflightWindow: 1 });
  const publisher = new Publisher(client, { answerTimeout: PATIENCE });
  publisher.publish("a", 1, { qos: 1 });
  const waits = [publisher.ready, publisher.flush()];
  waits.forEach((wait) => wait.catch(silent));
  await client.endAsync(true);
  for (const wait of waits) await rejection(wait, BrokerUnreachableError);
});

Deno.test("Publisher.ready waits out an outage that is longer than answerTimeout", async () => {
  let isDown = false;
  await using broker = await startScriptedBroker((packet, { socket }) => {
    if (isDown) socket.destroy();
    return isDown || packet.cmd === "publish" ? "answered" : undefined;
  });
  const options = { inflightWindow: 1, answerTimeout: 0.1, ...QUIET };
  await using publisher = await Publisher.connect(broker.url, options);
  publisher.publish("a", 1, { qos: 1 }).catch(silent);
  await broker.received("publish");
  isDown = true;
  broker.connections[0]!.socket.destroy();
  let isOver = false;
  const ready = publisher.ready.catch((error) => error)
    .finally(() => isOver = true);
  // With 20 ms at least between two of them.
  await broker.received("connect", 15);
  assertEquals(isOver, false);
  // Back, it is as silent as before.
  isDown = false;
  const error = await within("the error", ready);
  assert(error instanceof BrokerUnreachableError);
  await rejection(publisher.close({ timeout: 0.1 }), AggregateError);
});

Deno.test("publishMany() gives up a broker that never acknowledges, in the middle or at the end", async () => {
  await using broker = await startSilentOn("publish");
  const options = { timeout: PATIENCE };
  const some = (length: number) =>
    times(length, (payload) => ({ topic: "a", payload, qos: 1 as const }));
  const inTheMiddle = publishMany(broker.url, some(2000), options);
  const atTheEnd = publishMany(broker.url, some(2), options);
  atTheEnd.catch(silent);
  await rejection(
    within("the error", inTheMiddle, 3000),
    BrokerUnreachableError,
    "it does not acknowledge what is published",
  );
  const attempt = within("the error", atTheEnd, 3000);
  await rejection(attempt, PublishError, "was closed first");
});

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
