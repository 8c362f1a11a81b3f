import { assert, assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { topicOf } from "../wire/topics.ts";
import { type Message, withoutSlab } from "./message.ts";

/** A message whose payload is some bytes of a chunk. */
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
