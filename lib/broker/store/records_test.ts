import { assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import type { Message } from "../delivery/message.ts";
import { topicOf } from "../wire/topics.ts";
import { openDurable } from "./durable.ts";
import type { StoredSubscription } from "./records.ts";
import { test } from "../../../testing/test.ts";

const TEXTS = ["a", "a\0b", "a\0c", "温度/é", "\ufeffa", ""];

const messageOn = (text: string): Message => ({
  topic: topicOf(text),
  payload: Buffer.from("x"),
  qos: 1,
  retain: true,
  properties: Buffer.of(0x01, 1),
  expiresAt: 1_800_000_000_000,
});
const subscriptionTo = (filter: string): StoredSubscription => ({
  filter,
  group: undefined,
  levels: filter.split("/"),
  qos: 2,
  noLocal: true,
  retainAsPublished: true,
  retainHandling: 2,
  identifier: 268_435_455,
});

test.folder("createRecords() tells apart all names that a client may send, and keeps all of MQTT 5", async (folder) => {
  const open = () => openDurable(folder, () => {});
  const rest = { qos: 1, retain: true, identifiers: [1, 2] } as const;
  const first = await open();
  for (const text of TEXTS) {
    const message = messageOn(text);
    first.records.retain(message);
    const record = first.records.addSession(text, text);
    record.expect(1);
    record.subscribe(subscriptionTo(text));
    record.add({ message, ...rest, share: text }, 7);
    record.setWill({ message, delay: 5, expiry: Infinity }, 1_234);
    record.setExpiry(60, 1_000);
  }
  first.commits.close();
  const second = await open();
  const { records } = second;
  const sessions = [...records.sessions()].map(
    ({ record: _, ...session }) => session,
  );
  const expected = TEXTS.map((text, index) => {
    const message = messageOn(text);
    // When it ends is clear only when it is published.
    const will = { ...message, expiresAt: Infinity };
    return {
      ...{ clientId: text, user: text, expiry: 60, goneAt: 1_000 },
      will: { will: { message: will, delay: 5, expiry: Infinity }, due: 1_234 },
      subscriptions: [subscriptionTo(text)],
      deliveries: [{
        number: index + 1,
        delivery: { message, ...rest, share: text },
        id: 7,
        isReceived: false,
      }],
    };
  });
  assertEquals(sessions, expected);
  assertEquals([...records.retained()], TEXTS.map(messageOn));
  const clients = [...records.unreleased()].map(({ clientId }) => clientId);
  assertEquals(clients.toSorted(), TEXTS.toSorted());
  second.commits.close();
});
