import { assertEquals, assertRejects } from "@std/assert";
import { StandardOutput, type Writer } from "./standard_output.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A writer that finishes a write only when it is told to. */
function slowWriter() {
  const writes: string[] = [];
  const pending: PromiseWithResolvers<number>[] = [];
  const writer: Writer = {
    write(bytes) {
      writes.push(decoder.decode(bytes));
      const write = Promise.withResolvers<number>();
      pending.push(write);
      return write.promise;
    },
  };
  return { writer, writes, pending };
}

function unexpected(error: unknown): never {
  throw error;
}

Deno.test("StandardOutput writes at once, and then all that has gathered", async () => {
  const { writer, writes, pending } = slowWriter();
  const output = new StandardOutput(unexpected, writer);
  for (const text of ["a", "b", "c"]) output.add(encoder.encode(text));
  assertEquals(writes, ["a"]);
  const flushed = output.flush();
  pending[0]?.resolve(1);
  await Promise.resolve();
  assertEquals(writes, ["a", "bc"]);
  // The rest of a write that was cut short comes next.
  pending[1]?.resolve(1);
  await Promise.resolve();
  assertEquals(writes, ["a", "bc", "c"]);
  pending[2]?.resolve(1);
  await flushed;
  output.add(encoder.encode("d"));
  assertEquals(writes.at(-1), "d");
});

Deno.test("StandardOutput takes nothing for nothing", async () => {
  const { writer, writes, pending } = slowWriter();
  const output = new StandardOutput(unexpected, writer);
  output.add();
  output.add(new Uint8Array());
  await output.flush();
  output.add(encoder.encode("a"));
  pending[0]?.resolve(1);
  await output.flush();
  assertEquals(writes, ["a"]);
});

Deno.test("StandardOutput is full while too much waits", async () => {
  const { writer, pending } = slowWriter();
  const output = new StandardOutput(unexpected, writer);
  output.add(new Uint8Array(1));
  output.add(new Uint8Array(1024 * 1024));
  assertEquals(output.isFull, true);
  pending[0]?.resolve(1);
  pending.push = (write) => {
    write.resolve(1024 * 1024);
    return 0;
  };
  await output.flush();
  assertEquals(output.isFull, false);
});

Deno.test("StandardOutput tells of a failed write once, and tries no other", async () => {
  const errors: unknown[] = [];
  const { writer, writes, pending } = slowWriter();
  const output = new StandardOutput((error) => errors.push(error), writer);
  output.add(encoder.encode("a"));
  const flushed = output.flush();
  const error = new Deno.errors.BrokenPipe("Broken pipe");
  pending[0]?.reject(error);
  await assertRejects(() => flushed, Deno.errors.BrokenPipe);
  output.add(encoder.encode("b"));
  await assertRejects(() => output.flush(), Deno.errors.BrokenPipe);
  assertEquals(errors, [error]);
  assertEquals(writes, ["a"]);
});
