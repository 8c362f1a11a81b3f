import { assert, assertEquals } from "@std/assert";
import { setTimeout as pause } from "node:timers/promises";
import type { Packet } from "mqtt-packet";
import { startBroker } from "../broker.ts";
import { type Client, connect } from "../connect.ts";
import { BrokerUnreachableError, PublishError } from "../errors.ts";
import { Publisher } from "../publisher.ts";
import { rejection, within } from "../../testing/deadline.ts";
import { startMosquitto } from "../../testing/brokers/mosquitto.ts";
import {
  type ScriptedBroker,
  type ScriptedConnection,
  startScriptedBroker,
} from "../../testing/brokers/scripted_broker.ts";
import {
  connack,
  endWith,
  KEPT,
  QUIET,
  silent,
} from "../../testing/brokers/scripts.ts";
import { openBroker } from "../../testing/brokers/embedded_broker.ts";
import { test } from "../../testing/peer_tests.ts";

const MQTT5 = { ...QUIET, protocolVersion: 5 } as const;
const PATIENCE = 60_000;
const REASON = "may or may not have arrived: the broker closed the " +
  "connection three times when it was sent";

/** Starts a broker that ends the connection at one payload, without a word. */
function startCutting(
  cut: (connection: ScriptedConnection) => void = ({ socket }) =>
    socket.destroy(),
): Promise<ScriptedBroker> {
  let connections = 0;
  return startScriptedBroker((packet, connection) => {
    if (connection.socket.destroyed) return "answered";
    if (packet.cmd === "connect") return connack(0, connections++ > 0);
    if (packet.cmd !== "publish" || String(packet.payload) !== "bad") return;
    cut(connection);
    return "answered";
  });
}

/** Lets `performance.now()` be turned on; dispose of it in the end. */
function skippingClock() {
  const { now } = performance;
  let skipped = 0;
  performance.now = () => now.call(performance) + skipped;
  return {
    advance: (milliseconds: number) => skipped += milliseconds,
    [Symbol.dispose]: () => performance.now = now,
  };
}

/** Answers with PUBACK after so many milliseconds; dispose of it in the end. */
function createLatePubacks(milliseconds: number) {
  const timers = new Set<ReturnType<typeof setTimeout>>();
  return {
    answer({ messageId = 0 }: Packet, { send }: ScriptedConnection) {
      const answer = () => send({ cmd: "puback", messageId });
      timers.add(setTimeout(answer, milliseconds));
      return "answered" as const;
    },
    [Symbol.dispose]: () => timers.forEach(clearTimeout),
  };
}

/** Publishes payloads, and tells what became of each. */
async function publishEach(
  publisher: Publisher,
  payloads: string[],
  qos: 1 | 2 = 1,
): Promise<string[]> {
  const outcomes = payloads.map((payload) =>
    publisher.publish(`iot/${payload.slice(0, 3)}`, payload, { qos }).then(
      () => "published",
      (error: Error) => error.message,
    )
  );
  return await within("all", Promise.all(outcomes), PATIENCE);
}

for (const [qos, options] of [[1, QUIET], [2, KEPT]] as const) {
  Deno.test(`publish() rejects at QoS ${qos} what the broker cuts the connection at three times, and goes on`, async () => {
    await using broker = await startCutting();
    const publisher = await Publisher.connect(broker.url, options);
    const payloads = ["1", "2", "bad", "4", "5", "bad", "7", "8"];
    const outcomes = await publishEach(publisher, payloads, qos);
    const refused = `Message on "iot/bad" ${REASON}`;
    assertEquals(
      outcomes,
      payloads.map((text) => text === "bad" ? refused : "published"),
    );
    assert(broker.connections.length <= 11, `${broker.connections.length}`);
    const flushing = publisher.flush();
    await rejection(flushing, AggregateError, "2 messages were not confirmed");
    await publisher.close();
  });
}

/** Starts two brokers, as nodes, that do the same; gives their addresses. */
async function startNodes(
  resources: AsyncDisposableStack,
  start: () => Promise<ScriptedBroker>,
): Promise<string> {
  const nodes = [await start(), await start()];
  for (const node of nodes) resources.use(node);
  return nodes.map(({ url }) => new URL(url).host).join(",");
}

Deno.test("publish() rejects none while a cluster agrees on a leader, and cuts at any", async () => {
  await using resources = new AsyncDisposableStack();
  let cuts = 0;
  const hosts = await startNodes(
    resources,
    () =>
      startScriptedBroker((packet, { socket }) => {
        if (packet.cmd !== "publish" || ++cuts > 8) return undefined;
        socket.destroy();
        return "answered";
      }),
  );
  await using publisher = await Publisher.connect(hosts, QUIET);
  const outcomes = await publishEach(publisher, ["1", "2", "3"]);
  assertEquals(outcomes, ["published", "published", "published"]);
});

Deno.test("publish() rejects after a minute what each node of a cluster cuts the connection at", async () => {
  await using resources = new AsyncDisposableStack();
  const hosts = await startNodes(resources, () => startCutting());
  using clock = skippingClock();
  const publisher = await Publisher.connect(hosts, QUIET);
  let cuts = 0;
  publisher.client.on("close", () => {
    if (++cuts === 5) clock.advance(60_000);
  });
  assertEquals(await publishEach(publisher, ["1", "bad", "2"]), [
    "published",
    'Message on "iot/bad" may or may not have arrived: the broker closed the ' +
    "connection each time when it was sent",
    "published",
  ]);
  assert(cuts >= 5, `${cuts}`);
  await publisher.close().catch(silent);
});

Deno.test("publish() rejects none that the broker hadn't yet acknowledged when another made it cut", async () => {
  // It answers some time after it has read, and reads on meanwhile.
  using late = createLatePubacks(50);
  await using broker = await startScriptedBroker((packet, connection) => {
    if (packet.cmd !== "publish") return;
    if (String(packet.payload) !== "bad") {
      return late.answer(packet, connection);
    }
    connection.socket.destroy();
    return "answered";
  });
  const publisher = await Publisher.connect(broker.url, QUIET);
  const payloads = ["1", "2", "bad", "4", "5"];
  assertEquals(
    await publishEach(publisher, payloads),
    payloads.map((text) =>
      text === "bad" ? `Message on "iot/bad" ${REASON}` : "published"
    ),
  );
  await publisher.close().catch(silent);
});

const OTHER_CAUSES: [string, (client: Client) => void][] = [
  ["a topic filter", (client) => client.subscribe("bad")],
  ["a topic filter on each connection", (client) => {
    const subscribe = () => client.subscribe("bad");
    client.on("connect", subscribe);
    subscribe();
  }],
  ["a message of QoS 0", (client) => {
    const publish = () => client.publish("bad", "bad");
    client.on("connect", publish);
    publish();
  }],
];
for (const [name, ask] of OTHER_CAUSES) {
  Deno.test(`publish() rejects none that the broker hadn't yet acknowledged when ${name} made it cut`, async () => {
    using late = createLatePubacks(50);
    const enough = Promise.withResolvers<void>();
    let cuts = 0;
    await using broker = await startScriptedBroker((packet, connection) => {
      const isBad = packet.cmd === "subscribe" ||
        packet.cmd === "publish" && packet.qos === 0;
      if (isBad) {
        if (++cuts <= 5) connection.socket.destroy();
        else enough.resolve();
        return undefined;
      }
      if (packet.cmd === "publish") return late.answer(packet, connection);
    });
    const publisher = await Publisher.connect(broker.url, QUIET);
    ask(publisher.client);
    const outcomes = await publishEach(publisher, ["1", "2"]);
    assertEquals(outcomes, ["published", "published"]);
    await within("the last cut", enough.promise);
    await publisher.close();
  });
}

const OTHER_ENDS: [string, (connection: ScriptedConnection) => void][] = [
  ["another client has taken over", (connection) => endWith(connection, 142)],
  ["the broker shuts down", (connection) => endWith(connection, 139)],
  ["what comes isn't MQTT", ({ socket }) => socket.write("\x00\x00nonsense")],
];
for (const [name, cut] of OTHER_ENDS) {
  Deno.test(`publish() tries again and again if ${name}`, async () => {
    let publishes = 0;
    await using broker = await startScriptedBroker((packet, connection) => {
      if (packet.cmd !== "publish" || ++publishes > 6) return;
      cut(connection);
      return "answered";
    });
    await using publisher = await Publisher.connect(broker.url, MQTT5);
    assertEquals(await publishEach(publisher, ["1"]), ["published"]);
    assertEquals(broker.connections.length, 7);
  });
}

Deno.test("publish() tries again what reconnect() has interrupted", async () => {
  let isSilent = true;
  await using broker = await startScriptedBroker((packet) =>
    packet.cmd === "publish" && isSilent ? "answered" : undefined
  );
  await using client = await connect(broker.url, QUIET);
  const published = client.publishAsync("iot/x", "1", { qos: 1 });
  for (let count = 1; count <= 5; count++) {
    await broker.received("publish", count);
    isSilent = count < 5;
    client.reconnect();
  }
  await within("PUBACK", published);
});

Deno.test("publish() gives the broker's reason for the last cut as the cause", async () => {
  await using broker = await startCutting((connection) =>
    endWith(connection, 149)
  );
  await using publisher = await Publisher.connect(broker.url, MQTT5);
  const publishing = publisher.publish("iot/bad", "bad", { qos: 1 });
  const error = await rejection(publishing, PublishError);
  assertEquals(
    String(error.cause),
    "DisconnectedError: the broker closed the connection: packet too large (code 149)",
  );
  await publisher.flush().catch(silent);
});

Deno.test("flush() gives up a broker that takes each connection, and ends it", async () => {
  await using broker = await startScriptedBroker((packet, connection) => {
    if (packet.cmd !== "publish") return;
    // So that no message is to blame.
    endWith(connection, 142);
    return "answered";
  });
  const options = { ...MQTT5, answerTimeout: 1 };
  const publisher = await Publisher.connect(broker.url, options);
  publisher.publish("iot/x", "1", { qos: 1 }).catch(silent);
  await rejection(
    publisher.flush(),
    BrokerUnreachableError,
    "it does not acknowledge what is published",
  );
  assert(broker.connections.length > 1, `${broker.connections.length}`);
  await publisher.close({ timeout: 0.1 }).catch(silent);
});

Deno.test("flush() gives a broker that comes back as long as one that was there", async () => {
  let isThere = true;
  // Some time after the next look at it, reckoned from the last.
  using late = createLatePubacks(700);
  await using broker = await startScriptedBroker((packet, connection) => {
    if (!isThere) connection.socket.destroy();
    if (!isThere) return "answered";
    if (packet.cmd === "publish") return late.answer(packet, connection);
  });
  const publisher = await Publisher.connect(broker.url, {
    ...QUIET,
    answerTimeout: 1,
  });
  publisher.publish("iot/x", "1", { qos: 1 });
  await broker.received("publish");
  isThere = false;
  broker.connections[0]!.socket.destroy();
  const back = pause(1_600).then(() => isThere = true);
  await within("flush()", publisher.flush());
  await back;
  await publisher.close();
});

const SMALL = ["1", "2", "3", "4", "5"];
const LIMIT = 3_000;

/** Publishes what is too large, and small messages behind it, in a version of MQTT. */
async function publishLarge(
  url: string,
  [length, protocolVersion]: readonly [number, 4 | 5],
): Promise<void> {
  const options = { ...QUIET, protocolVersion };
  const publisher = await Publisher.connect(url, options);
  const payloads = ["x".repeat(length), ...SMALL];
  const [large, ...small] = await publishEach(publisher, payloads);
  assertEquals(small, SMALL.map(() => "published"));
  // In MQTT 5 the broker has said in CONNACK what it takes.
  assertEquals(
    large?.replace(/has [\d,]+ bytes/, "has so many bytes"),
    protocolVersion === 4
      ? `Message on "iot/xxx" ${REASON}`
      : 'Message on "iot/xxx" was not published: its packet has so many bytes, ' +
        "and the broker takes 3,000 at most (maximumPacketSize)",
  );
  await publisher.close().catch(silent);
}

const TOO_LARGE = [
  [4_000, 4],
  [300_000, 4],
  [11_000_000, 4],
  [4_000, 5],
] as const;
for (const large of TOO_LARGE) {
  const [length, version] = large;
  const what = `${length} bytes in version ${version}`;

  Deno.test(`publish() gives up ${what} that the embedded broker doesn't take, and goes on`, async () => {
    const limits = { maxPacketSize: LIMIT };
    await using broker = await startBroker({ port: 0, limits, log: silent });
    await publishLarge(broker.url, large);
  });

  Deno.test(`publish() gives up ${what} that the embedded broker doesn't take over WebSocket, and goes on`, async () => {
    const limits = { maxPacketSize: LIMIT };
    const options = { websocketPort: 0, limits, log: silent };
    await using broker = await openBroker(options);
    await publishLarge(broker.websocketUrl!, large);
  });

  test.mosquitto(`publish() gives up ${what} that mosquitto doesn't take, and goes on`, async () => {
    const config = `max_packet_size ${LIMIT}\n`;
    await using mosquitto = await startMosquitto({ config });
    await publishLarge(mosquitto.url, large);
  });
}
