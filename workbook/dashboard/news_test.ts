import { assertEquals } from "@std/assert";
import type { BrokerClient } from "../../lib/mod.ts";
import { clientNews, createLogLines, packetNews } from "./news.ts";

/** Of 65,535 characters; each takes six when it is printable. */
const LONG = "\u202e".repeat(65_535);
const BEGINNING = `${"\\u202e".repeat(1_000)}…`;

Deno.test("packetNews() tells the beginning of what is long in a packet", () => {
  const { topic, text } = packetNews(
    {
      ...{ cmd: "publish", topic: LONG, payload: "", qos: 0 },
      ...{ retain: false, dup: false },
    },
    true,
    1,
  );
  assertEquals([topic, text.length], [BEGINNING, 1_001]);
});

Deno.test("clientNews() tells the beginning of what a client has chosen", () => {
  const client = {
    ...{ id: LONG, user: LONG, inFlight: 0, waiting: 0 },
    subscriptions: [{ filter: LONG, qos: 0 }],
  } as unknown as BrokerClient;
  const { id, user, subscriptions } = clientNews(client);
  assertEquals([id, user, subscriptions], [
    BEGINNING,
    BEGINNING,
    [{ filter: BEGINNING, qos: 0 }],
  ]);
});

Deno.test("createLogLines() keeps the beginning of a long line", () => {
  const lines = createLogLines();
  lines.push("x".repeat(65_535));
  assertEquals(lines.since(0).items.at(-1), `${"x".repeat(1_000)}…`);
});
