import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  type ConnectOptions,
  publishOnce,
  startBroker,
} from "../../lib/mod.ts";
import { startMosquitto } from "../../testing/brokers/mosquitto.ts";
import { openClient } from "../../testing/clients/clients.ts";
import { openPageClient } from "../../testing/clients/page_client.ts";
import { within } from "../../testing/deadline.ts";
import { peerTest } from "../../testing/peers.ts";
import { startScriptedBroker } from "../../testing/brokers/scripted_broker.ts";
import { test } from "../../testing/test_programs.ts";
import { type DashboardOptions, openDashboard } from "./dashboard.ts";
import type { PublishRequest } from "./protocol.ts";

/** Opens a dashboard and a page of it. */
async function open(broker: string, options: Partial<DashboardOptions> = {}) {
  await using stack = new AsyncDisposableStack();
  const connection: ConnectOptions = { log: () => {}, retryDelay: [0.1, 0.2] };
  const dashboard = stack.use(
    await openDashboard({
      ...{ broker, filters: ["#"], connection },
      ...{ port: 0 },
      ...options,
    }),
  );
  const page = stack.use(await openPageClient(dashboard.url));
  page.say({ type: "hello" });
  await page.until(() => page.said[0]);
  const all = stack.move();
  return {
    dashboard,
    page,
    /** The last that has been said about a topic, by its name. */
    topic(name: string) {
      const topics = page.frames.flatMap(({ topics = [] }) => topics);
      const id = topics.find((news) => news.name === name)?.id;
      return topics.findLast((news) => news.id === id);
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

const publishing: PublishRequest = {
  ...{ type: "publish", request: 1, topic: "iot/lamp", payload: "on" },
  ...{ qos: 1, retain: true },
};

for (const protocolVersion of [4, 5] as const) {
  test.brokers(
    `openDashboard() shows messages, publishes, and clears what is retained, in version ${protocolVersion}`,
    async ({ url }) => {
      await using shown = await open(url, {
        connection: { protocolVersion, log: () => {} },
      });
      const { page, topic } = shown;
      page.say(publishing);
      await page.until(() => topic("iot/lamp")?.isRetained);
      assertEquals(topic("iot/lamp")?.value, "on");
      assertEquals(page.said.at(-1), { type: "published", request: 1 });
      await publishOnce(url, { topic: "iot/lamp", payload: "off", qos: 2 });
      await page.until(() => topic("iot/lamp")?.count === 2);
      assertEquals([topic("iot/lamp")?.qos, topic("iot/lamp")?.isRetained], [
        2,
        true,
      ]);
      page.say({ ...publishing, request: 2, payload: "" });
      await page.until(() => topic("iot/lamp")?.isRetained === false);
      // One that comes later is told the same.
      await using later = await openPageClient(shown.dashboard.url);
      later.say({ type: "hello" });
      await later.until(() => later.frames[0]);
      assertEquals(later.frames[0]?.topics?.[0]?.isRetained, false);
      // Who subscribes now gets nothing that is retained.
      await using client = await openClient(url);
      await client.subscribe("iot/lamp");
      await client.publish("iot/lamp", "end");
      const [first] = await client.untilReceived(1);
      assertEquals(first?.text, "end");
    },
  );
}

test.brokers(
  "openDashboard() shows the packets of a QoS 2 exchange in their order",
  async ({ url }) => {
    await using shown = await open(url, { filters: ["elsewhere"] });
    const { page } = shown;
    page.say({ type: "packets", isShown: true });
    page.say({ ...publishing, qos: 2, retain: false });
    const packets = () => page.frames.flatMap(({ packets = [] }) => packets);
    await page.until(() => packets().some(({ type }) => type === "PUBCOMP"));
    const exchange = packets().filter(({ type }) => type.startsWith("PUB"));
    assertEquals(
      exchange.map(({ type, isSent }) => [type, isSent]),
      [
        ["PUBLISH", true],
        ["PUBREC", false],
        ["PUBREL", true],
        ["PUBCOMP", false],
      ],
    );
    assertEquals(new Set(exchange.map(({ id }) => id)).size, 1);
    assertEquals([exchange[0]?.topic, exchange[0]?.qos], ["iot/lamp", 2]);
  },
);

test.brokers(
  "openDashboard() says why a message can't be published",
  async ({ url }) => {
    await using shown = await open(url);
    const { page } = shown;
    page.say({ ...publishing, topic: "iot/#" });
    const [, result] = await page.until(() =>
      page.said.length > 1 && page.said
    );
    assert(result?.type === "published");
    assert(result.error?.includes("iot/#"), result.error);
  },
);

test.brokers("openDashboard() passes on MQTT 5's properties", async ({ url }) => {
  await using shown = await open(url);
  const { page } = shown;
  page.say({ type: "open", topic: "iot/lamp" });
  const properties = {
    ...{ contentType: "text/plain", correlationData: "7" },
    ...{ messageExpiryInterval: 60, userProperties: { unit: "lx" } },
  };
  page.say({ ...publishing, retain: false, properties });
  const news = await page.until(() =>
    page.frames.findLast(({ messages }) => messages?.messages.length)
  );
  const [message] = news.messages!.messages;
  assertEquals(
    new Map(message!.properties),
    new Map(Object.entries({
      contentType: "text/plain",
      correlationData: "7",
      messageExpiryInterval: "60",
      unit: "lx",
    })),
  );
});

peerTest(
  ["mosquitto"],
  "openDashboard() goes on when the broker is back, and says what may be missing",
  async () => {
    await using mosquitto = await startMosquitto();
    await using shown = await open(mosquitto.url);
    const { page, topic } = shown;
    page.say({
      type: "series",
      series: [{ key: "s", topic: "a", path: "$" }],
    });
    await publishOnce(mosquitto.url, { topic: "a", payload: "1" });
    await page.until(() => topic("a"));
    await mosquitto.stop();
    await page.until(() =>
      page.frames.some(({ state }) =>
        state?.isConnected === false && state.reason?.includes("lost: ")
      )
    );
    page.say(publishing);
    await page.until(() => page.said.length > 1);
    assertEquals(page.said.at(-1), {
      ...{ type: "published", request: 1 },
      error: "Broker is not connected",
    });
    await mosquitto.start();
    await page.until(() => page.frames.at(-1)?.state?.isConnected);
    const [outage] = page.frames.flatMap(({ outages = [] }) => outages);
    assert(outage!.from <= outage!.to);
    await publishOnce(mosquitto.url, { topic: "a", payload: "2" });
    await page.until(() => topic("a")?.count === 2);
    const values = page.frames.flatMap(({ series = [] }) =>
      series.flatMap(({ values }) => values)
    );
    assertEquals(values, [1, null, 2]);
  },
);

Deno.test("openDashboard() says that it waits for a broker", async () => {
  const broker = await startScriptedBroker();
  await broker[Symbol.asyncDispose]();
  const lines: string[] = [];
  const enough = new AbortController();
  const connection: ConnectOptions = {
    log(line) {
      lines.push(line);
      enough.abort();
    },
    signal: enough.signal,
  };
  const opening = open(broker.url, { connection });
  await assertRejects(() => within("an end", opening), DOMException);
  assert(lines[0]?.includes("can't be reached"), lines[0]);
});

Deno.test("openDashboard() speaks MQTT 3.1.1 where MQTT 5 is refused", async () => {
  const versions: unknown[] = [];
  await using broker = await startScriptedBroker((packet) => {
    if (packet.cmd !== "connect") return undefined;
    versions.push(packet.protocolVersion);
    const returnCode = packet.protocolVersion === 5 ? 1 : 0;
    return {
      cmd: "connack",
      returnCode,
      reasonCode: returnCode && 132,
      sessionPresent: false,
    };
  });
  await using _shown = await open(broker.url);
  assertEquals(versions, [5, 4]);
});

Deno.test("openDashboard() shows what is granted, and says what is refused", async () => {
  const rules = [{ subscribe: ["iot/#"], publish: ["iot/#"] }];
  await using broker = await startBroker({ port: 0, rules });
  const lines: string[] = [];
  await using shown = await open(broker.url, {
    filters: ["secret/#", "iot/#"],
    connection: { log: (line) => void lines.push(line) },
  });
  const { page, topic } = shown;
  const [welcome] = page.said;
  assert(welcome?.type === "welcome");
  assertEquals([welcome.filters, welcome.refused], [["iot/#"], ["secret/#"]]);
  await publishOnce(broker.url, { topic: "iot/lamp", payload: "on" });
  await page.until(() => topic("iot/lamp"));
  const refusal =
    `Broker refused the topic filter "secret/#": not authorized (code 135): "The rules don't let you read there"`;
  assertEquals(lines, [refusal]);
  assertEquals(page.frames.flatMap(({ log = [] }) => log), [refusal]);
});

Deno.test("openDashboard() shows the embedded broker's clients", async () => {
  await using broker = await startBroker({ port: 0, users: { ann: "secret" } });
  const connection = {
    ...{ username: "ann", password: "secret", clientId: "\x1b[2J" },
    log: () => {},
  };
  await using shown = await open(broker.url, {
    connection,
    clients: broker.clients,
  });
  const { page } = shown;
  page.say({ type: "clients", isShown: true });
  const { clients } = await page.until(() =>
    page.frames.find(({ clients }) => clients)
  );
  const [{ since, address, ...client }] = clients as [
    NonNullable<typeof clients>[number],
  ];
  assert(since! > 0 && address!.startsWith("127.0.0.1:"));
  assertEquals(client, {
    ...{ id: "\\x1b[2J", user: "ann", isConnected: true, version: "5" },
    subscriptions: [{ filter: "#", qos: 2 }],
    ...{ inFlight: 0, waiting: 0 },
  });
});

Deno.test("openDashboard() lists no password, and ends with its pages", async () => {
  await using broker = await startBroker({ port: 0, users: { ann: "s3cret" } });
  const url = broker.url.replace("//", "//ann:s3cret@");
  const shown = await open(url);
  const [welcome] = shown.page.said;
  assert(welcome?.type === "welcome");
  assertEquals(welcome.broker, broker.url.replace("mqtt://", ""));
  await shown.dashboard[Symbol.asyncDispose]();
  await within("the page's end", shown.page.closed);
});
