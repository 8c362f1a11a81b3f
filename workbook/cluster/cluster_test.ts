import { assertEquals, assertStringIncludes } from "@std/assert";
import { connect, subscribe } from "../../lib/mod.ts";
import { rejection, within } from "../../testing/deadline.ts";
import { peerTest } from "../../testing/peers.ts";
import { UsageError } from "../options/program.ts";
import { startCluster } from "./cluster.ts";
import { type Engine, missingEngine } from "./find_engine.ts";

/** For two minutes, as a busy machine may need for three nodes of RabbitMQ. */
const START = 120_000;

/**
 * Kills a node and starts it again, and counts what a session that outlives its
 * client is brought of what is published meanwhile.
 */
async function loseNothing(engine: Engine): Promise<void> {
  const lines: string[] = [];
  await using cluster = await within(
    "the cluster",
    startCluster(engine, { tell: (line) => lines.push(line) }),
    START,
  );
  const [first, second, third] = cluster.nodes;
  const heard = new Set<string>();
  let wake = () => {};
  const options = { clientId: "recorder", clean: false, qos: 1 } as const;
  const listen = () =>
    subscribe(
      third!.url,
      "iot/count",
      ({ text }) => {
        heard.add(text);
        wake();
      },
      false,
      options,
    );
  await using publisher = await connect(first!.url);
  const publish = (payload: string) =>
    within(
      `the acknowledgement of ${payload}`,
      publisher.publishAsync("iot/count", payload, { qos: 1 }),
      START,
    );
  await (await listen()).close();
  await publish("all three");
  await cluster.kill(second!.number);
  await rejection(connect(second!.url, { retry: false }), Error);
  await publish("without the second");
  await within("the second", cluster.restart(second!.number), START);
  assertEquals(lines.slice(-3), [
    "Node 2 is killed",
    `Node 2 is started at 127.0.0.1:${second!.port}`,
    "Node 2 is back, and passes messages on",
  ]);
  await (await connect(second!.url)).close();
  await publish("with the second");
  await using _subscription = await listen();
  while (heard.size < 3) {
    const more = new Promise<void>((resolve) => wake = resolve);
    await within("what was published", more);
  }
}

peerTest(
  ["nats_server"],
  "startCluster() makes three NATS servers that keep what they acknowledge",
  () => loseNothing("nats"),
);

const noRabbitMq = missingEngine("rabbitmq");
Deno.test({
  name:
    `startCluster() makes three RabbitMQ nodes that keep what they acknowledge${
      noRabbitMq ? ` (${noRabbitMq})` : ""
    }`,
  ignore: noRabbitMq !== undefined,
  fn: () => loseNothing("rabbitmq"),
});

peerTest(
  ["nats_server"],
  "startCluster() tells of a node that ends by itself, and refuses what it can't do",
  async () => {
    const lines: string[] = [];
    let wake = () => {};
    await using cluster = await within(
      "the cluster",
      startCluster("nats", {
        tell(line) {
          lines.push(line);
          wake();
        },
      }),
      START,
    );
    const { url, nodes } = cluster;
    const ports = nodes.map(({ port }) => port);
    const [login] = url.split("@");
    assertEquals(
      url,
      `${login}@${ports.map((port) => `127.0.0.1:${port}`).join(",")}`,
    );
    await rejection(cluster.kill(4), RangeError, "Node is 4");
    await rejection(cluster.restart(2), RangeError, "Node 2 runs");
    await rejection(
      startCluster("nats", { ports }),
      UsageError,
      `Port ${ports[0]} on 127.0.0.1 is already in use`,
    );
    const isTold = new Promise<void>((resolve) => wake = resolve);
    Deno.kill(nodes[1]!.pid!, "SIGTERM");
    await within("the line about node 2", isTold);
    assertStringIncludes(lines.at(-1)!, "Node 2 has ended by itself: ");
    assertEquals(nodes[1]!.pid, undefined);
    await rejection(cluster.kill(2), RangeError, "Node 2 is down");
  },
);

peerTest(
  ["nats_server"],
  "startCluster() can be given up, and leaves nothing behind",
  async () => {
    const end = new AbortController();
    const lines: string[] = [];
    const starting = startCluster("nats", {
      signal: end.signal,
      tell(line) {
        lines.push(line);
        if (lines.length === 3) end.abort(new Error("Given up"));
      },
    });
    await rejection(starting, Error, "Given up");
    const ports = lines.map((line) => Number(/:(\d+)$/.exec(line)?.[1]));
    assertEquals(ports.length, 3);
    await rejection(connect(`127.0.0.1:${ports[0]}`, { retry: false }), Error);
  },
);
