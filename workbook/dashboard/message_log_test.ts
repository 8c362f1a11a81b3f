import { assert, assertEquals } from "@std/assert";
import { type KeptMessage, MessageLog, propertySize } from "./message_log.ts";

/** A message of which everything can be told apart from others'. */
function message(number: number, length = number % 50): KeptMessage {
  return {
    time: 1.75e12 + number + 0.5,
    payload: new Uint8Array(length).fill(number),
    bytes: length + number,
    qos: number % 3 as 0 | 1 | 2,
    retain: number % 2 === 0,
    duplicate: number % 5 === 0,
    properties: number % 4 === 0 ? [["contentType", `${number}`]] : [],
    hasLostProperties: number % 7 === 0,
  };
}

/** The messages of these numbers, the first included, the second not. */
function messages(from: number, to: number): KeptMessage[] {
  return Array.from({ length: to - from }, (_, i) => message(from + i));
}

Deno.test("MessageLog gives back what was pushed, the oldest first", () => {
  const log = new MessageLog();
  assertEquals([log.last, log.shift()], [undefined, undefined]);
  assertEquals(log.since(0), { items: [], leftOut: 0 });
  for (const one of messages(0, 100)) log.push(one);
  assertEquals([log.size, log.pushed], [100, 100]);
  assertEquals(log.last, message(99));
  assertEquals(log.since(0), { items: messages(0, 100), leftOut: 0 });
  assertEquals(log.since(98), { items: messages(98, 100), leftOut: 0 });
  assertEquals(log.since(50, 10), { items: messages(90, 100), leftOut: 40 });
});

Deno.test("MessageLog.shift() takes the oldest, and tells how much that was", () => {
  const log = new MessageLog();
  for (let i = 0; i < 1_000; i++) {
    log.push(message(i));
    if (log.size > 7) {
      const { payload, properties } = message(i - 7);
      assertEquals(log.shift(), payload.length + propertySize(properties));
    }
    const first = Math.max(0, i - 6);
    assertEquals(log.since(0), {
      items: messages(first, i + 1),
      leftOut: first,
    });
    assertEquals(log.last, message(i));
  }
  while (log.size > 0) log.shift();
  assertEquals(log.last, undefined);
  log.push(message(1_000));
  assertEquals(log.since(1_000), { items: [message(1_000)], leftOut: 0 });
});

Deno.test("MessageLog lets go of memory that large messages needed", () => {
  const log = new MessageLog();
  for (let i = 0; i < 10; i++) log.push(message(i, 64_000));
  const large = log.capacity;
  for (let i = 10; i < 50_000; i++) {
    log.push(message(i, 4));
    if (log.size > 10) log.shift();
  }
  assert(log.capacity < large / 100);
  assertEquals(log.since(0).items.length, 10);
});
