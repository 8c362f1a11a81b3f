import { assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { openDurable } from "./durable.ts";

const TEXTS = ["a", "a\0b", "a\0c", "温度/é", "\ufeffa", ""];

Deno.test("createRecords() tells apart all names that a client may send", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const open = () => openDurable(folder, () => {});
    const payload = Buffer.from("x");
    const first = await open();
    for (const text of TEXTS) {
      first.records.retain({ topic: text, payload, qos: 1 });
      first.records.expect(text, 1);
      const record = first.records.addSession(text, text);
      record.subscribe(text, 2);
      record.add({ topic: text, payload, qos: 1, retain: true }, 7);
    }
    first.close();
    const second = await open();
    const { records } = second;
    const sessions = [...records.sessions()].map(({ record: _, ...rest }) =>
      rest
    );
    assertEquals(
      sessions,
      TEXTS.map((text, index) => ({
        clientId: text,
        user: text,
        subscriptions: [{ topic: text, qos: 2 }],
        deliveries: [{
          number: index + 1,
          message: { topic: text, payload, qos: 1, retain: true },
          id: 7,
          isReceived: false,
        }],
      })),
    );
    const topics = [...records.retained()].map(({ topic }) => topic);
    assertEquals(topics, TEXTS);
    const clients = [...records.unreleased()].map(({ clientId }) => clientId);
    assertEquals(clients.toSorted(), TEXTS.toSorted());
    second.close();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
