import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Buffer } from "node:buffer";
import { PassThrough } from "node:stream";
import type { Connection } from "../wire/connection.ts";
import { Outbox } from "./outbox.ts";
import type { Delivery } from "../wire/packets.ts";

/** A connection that remembers the message ids of what is written. */
function connect(): Connection & { ids: number[] } {
  const ids: number[] = [];
  return {
    ids,
    stream: new PassThrough(),
    isOpen: true,
    isFull: false,
    write: (header) => ids.push(header.readUInt16BE(header.length - 2)),
  };
}

const PLENTY = { maxQueuedMessages: 100_000, maxQueuedBytes: 1_000_000 };
const MESSAGE: Delivery = {
  topic: "a",
  payload: Buffer.from("b"),
  qos: 1,
  retain: false,
};

Deno.test("Outbox never uses a message id that isn't free", () => {
  const outbox = new Outbox({ log: () => {}, limits: PLENTY });
  const connection = connect();
  outbox.attach(connection);
  for (let count = 0; count < 70_000; count++) outbox.send(MESSAGE);
  assertEquals(connection.ids.length, 1_000);
  // Only the third one is never confirmed.
  const [, , kept] = connection.ids;
  for (let index = 0; index < connection.ids.length; index++) {
    const id = connection.ids[index]!;
    assert(id >= 1 && id <= 65_535);
    if (id !== kept) outbox.complete(id);
  }
  assertEquals(connection.ids.length, 70_000);
  assertEquals(connection.ids.filter((id) => id === kept).length, 1);
});

Deno.test("Outbox keeps to its window on a new connection", () => {
  const outbox = new Outbox({ log: () => {}, limits: PLENTY });
  for (let count = 0; count < 2_500; count++) outbox.send(MESSAGE);
  for (let turn = 0; turn < 3; turn++) {
    const connection = connect();
    outbox.attach(connection);
    assertEquals(connection.ids.length, 1_000);
    assertEquals(connection.ids[0], 1);
  }
});

Deno.test("Outbox drops newer messages when too many wait, and says how many", () => {
  const lines: string[] = [];
  const limits = { maxQueuedMessages: 3, maxQueuedBytes: 1_000_000 };
  const outbox = new Outbox({
    log: (line) => lines.push(line),
    limits,
  });
  const connection = connect();
  const send = (payload: string) =>
    outbox.send({ ...MESSAGE, payload: Buffer.from(payload) });
  for (let count = 0; count < 14; count++) send(`${count}`);
  assertEquals(lines.map((line) => line.match(/so far: (\d+)/)?.[1]), [
    "1",
    "10",
  ]);
  assertStringIncludes(lines[0]!, "has 3 messages waiting, of 6 bytes");
  outbox.attach(connection);
  assertEquals(connection.ids.length, 3);
  assertEquals(
    lines.at(-1),
    "missed 11 messages of QoS 1 and 2, as too many waited",
  );
  // What is under way doesn't count: there is room again.
  send("again");
  assertEquals(connection.ids.length, 4);
  assertEquals(lines.length, 3);
});

Deno.test("Outbox counts the bytes that wait or are under way", () => {
  const lines: string[] = [];
  const limits = { maxQueuedMessages: 100, maxQueuedBytes: 20 };
  const outbox = new Outbox({
    log: (line) => lines.push(line),
    limits,
  });
  const connection = connect();
  outbox.attach(connection);
  const payload = Buffer.from("123456789");
  for (let count = 0; count < 3; count++) outbox.send({ ...MESSAGE, payload });
  assertEquals([connection.ids.length, lines.length], [2, 1]);
  outbox.complete(connection.ids[0]!);
  outbox.complete(connection.ids[0]!);
  outbox.send({ ...MESSAGE, payload });
  outbox.send({ ...MESSAGE, payload });
  assertEquals(connection.ids.length, 3);
});

Deno.test("Outbox keeps nothing but the message of what came in together", () => {
  const outbox = new Outbox({ log: () => {}, limits: PLENTY });
  const chunk = Buffer.alloc(65_536);
  outbox.send({ ...MESSAGE, payload: chunk.subarray(0, 10) });
  const connection = connect();
  const sizes: number[] = [];
  connection.write = (_header, payload) =>
    sizes.push(payload!.buffer.byteLength);
  outbox.attach(connection);
  assert(sizes[0]! < chunk.length, `${sizes}`);
});
