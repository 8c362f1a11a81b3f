import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Buffer } from "node:buffer";
import { PassThrough } from "node:stream";
import { Connection, Figures } from "../wire/connection.ts";
import { topicOf } from "../wire/topics.ts";
import { Link } from "./link.ts";
import { type Message, type Terms, withoutSlab } from "./message.ts";
import { Outbox } from "./outbox.ts";
import { logged } from "../../../testing/test.ts";

/** A connection that remembers the message ids of what is written. */
class RecordingConnection extends Connection {
  readonly ids: number[] = [];

  constructor() {
    const whenAllowed = (callback: () => void) => callback();
    super(new PassThrough(), { whenAllowed, figures: new Figures() });
  }

  override write(header: Buffer): void {
    this.ids.push(header.readUInt16BE(header.length - 2));
  }
}

/** Connects an outbox to a client of MQTT 3.1.1. */
function connect(outbox: Outbox): RecordingConnection {
  const connection = new RecordingConnection();
  const link = new Link(connection, {
    version: 4,
    receiveMaximum: 65_535,
    maximumPacketSize: Infinity,
    topicAliasMaximum: 0,
  });
  outbox.attach(link);
  return connection;
}

const PLENTY = { maxQueuedMessages: 100_000, maxQueuedBytes: 1_000_000 };
const MESSAGE: Message = {
  topic: topicOf("a"),
  payload: Buffer.from("b"),
  qos: 1,
  retain: false,
  properties: Buffer.alloc(0),
  expiresAt: Infinity,
};
const TERMS: Terms = { qos: 2, retainAsPublished: false, identifiers: [] };

Deno.test("Outbox never uses a message id that isn't free", () => {
  const outbox = new Outbox({ log: () => {}, limits: PLENTY });
  const connection = connect(outbox);
  for (let count = 0; count < 70_000; count++) outbox.send(MESSAGE, TERMS);
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
  for (let count = 0; count < 2_500; count++) outbox.send(MESSAGE, TERMS);
  for (let turn = 0; turn < 3; turn++) {
    const connection = connect(outbox);
    assertEquals(connection.ids.length, 1_000);
    assertEquals(connection.ids[0], 1);
  }
});

Deno.test("Outbox drops newer messages when too many wait, and says how many", () => {
  const { lines, log } = logged();
  const limits = { maxQueuedMessages: 3, maxQueuedBytes: 1_000_000 };
  const outbox = new Outbox({ log, limits });
  const send = (payload: string) =>
    outbox.send({ ...MESSAGE, payload: Buffer.from(payload) }, TERMS);
  for (let count = 0; count < 14; count++) send(`${count}`);
  assertEquals(lines.map((line) => line.match(/so far: (\d+)/)?.[1]), [
    "1",
    "10",
  ]);
  assertStringIncludes(lines[0]!, "has 3 messages waiting, of 6 bytes");
  const connection = connect(outbox);
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
  const { lines, log } = logged();
  const limits = { maxQueuedMessages: 100, maxQueuedBytes: 20 };
  const outbox = new Outbox({ log, limits });
  const connection = connect(outbox);
  const payload = Buffer.from("123456789");
  for (let count = 0; count < 3; count++) {
    outbox.send({ ...MESSAGE, payload }, TERMS);
  }
  assertEquals([connection.ids.length, lines.length], [2, 1]);
  outbox.complete(connection.ids[0]!);
  outbox.complete(connection.ids[0]!);
  outbox.send({ ...MESSAGE, payload }, TERMS);
  outbox.send({ ...MESSAGE, payload }, TERMS);
  assertEquals(connection.ids.length, 3);
});

function messageOf(chunk: Buffer, bytes: number): Message {
  return {
    topic: topicOf("a"),
    payload: chunk.subarray(0, bytes),
    qos: 1,
    retain: false,
    properties: chunk.subarray(0, 2),
    expiresAt: Infinity,
  };
}

Deno.test("withoutSlab() keeps nothing but the message of what came in together", () => {
  const chunk = Buffer.alloc(65_536, "x");
  const small = messageOf(chunk, 10);
  const own = withoutSlab(small);
  assertEquals(own, small);
  for (const part of [own.payload, own.properties]) {
    assert(part.buffer.byteLength < chunk.length);
  }
  // What is most of it is not copied.
  const large = messageOf(chunk, 40_000);
  assert(withoutSlab(large) === large);
});
