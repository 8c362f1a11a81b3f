import { assert, assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { PassThrough } from "node:stream";
import type { Connection } from "./connection.ts";
import { Outbox } from "./outbox.ts";
import type { Delivery } from "./packets.ts";

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

const MESSAGE: Delivery = {
  topic: "a",
  payload: Buffer.from("b"),
  qos: 1,
  retain: false,
};

Deno.test("Outbox never uses a message id that isn't free", () => {
  const outbox = new Outbox({ log: () => {} });
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
  const outbox = new Outbox({ log: () => {} });
  for (let count = 0; count < 2_500; count++) outbox.send(MESSAGE);
  for (let turn = 0; turn < 3; turn++) {
    const connection = connect();
    outbox.attach(connection);
    assertEquals(connection.ids.length, 1_000);
    assertEquals(connection.ids[0], 1);
  }
});
