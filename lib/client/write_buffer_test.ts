import { assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { Writable } from "node:stream";
import type { IStream } from "mqtt";
import { gatherWrites } from "./write_buffer.ts";
import { times } from "../../testing/test.ts";

/** What leaves a stream to which so many bytes at a time are written. */
async function sizes(writes: number[], together?: number): Promise<number[]> {
  const left: number[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      left.push(chunk.length);
      done();
    },
  });
  const gathering = gatherWrites(stream as unknown as IStream, together);
  for (const size of writes) gathering.write(new Uint8Array(size));
  await gathering.whenWritten();
  return left;
}

Deno.test("gatherWrites() gathers what is written in a turn", async () => {
  assertEquals(await sizes(times(1_000, () => 4)), [4_000]);
  assertEquals(await sizes([4, 70_000, 4]), [4, 70_000, 4]);
});

Deno.test("gatherWrites() lets no more small packets leave together than it may, and cuts off no payload", async () => {
  assertEquals(await sizes(times(600, () => 4), 1024), [1024, 1024, 352]);
  assertEquals(await sizes([4, 2_000, 4, 4], 1024), [2_012]);
});

Deno.test("gatherWrites() encodes text of any length and script as UTF-8", async () => {
  const texts = ["", "iot/x", "é", "온도", "😀", "\u007f\u0080", "\ud800"];
  for (const text of [...texts]) {
    texts.push(`${"x".repeat(63)}${text}`, text.repeat(60), `${text}y`);
  }
  const left: Uint8Array[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      left.push(chunk);
      done();
    },
  });
  const gathering = gatherWrites(stream as unknown as IStream);
  for (const text of texts) gathering.write(text);
  await gathering.whenWritten();
  assertEquals(
    new Uint8Array(Buffer.concat(left)),
    new TextEncoder().encode(texts.map((text) => text.toWellFormed()).join("")),
  );
});
