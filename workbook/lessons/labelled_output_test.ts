import { assertEquals } from "@std/assert";
import type { Target } from "../terminal/terminal.ts";
import { LabelledOutput } from "./labelled_output.ts";

/** A target that keeps what it is given, and takes few bytes at a time. */
function memory(): Target & { text: () => string } {
  const bytes: number[] = [];
  return {
    writeSync(chunk) {
      const part = chunk.subarray(0, 3);
      bytes.push(...part);
      return part.length;
    },
    text: () => new TextDecoder().decode(new Uint8Array(bytes)),
  };
}

/** A stream of texts that are cut anywhere. */
function stream(...texts: string[]): ReadableStream<Uint8Array<ArrayBuffer>> {
  return ReadableStream.from(texts).pipeThrough(new TextEncoderStream());
}

Deno.test("LabelledOutput.copy() labels each line, however it is cut", async () => {
  const output = new LabelledOutput(["gate", "command open"]);
  const target = memory();
  await output.copy(
    "gate",
    stream("Loo", "ping...\nto", "pic\n", "end"),
    target,
  );
  await output.copy("command open", stream("온도\n\n"), target);
  assertEquals(
    target.text(),
    "gate         | Looping...\n" +
      "gate         | topic\n" +
      "gate         | end\n" +
      "command open | 온도\n" +
      "command open | \n",
  );
});

Deno.test("LabelledOutput.copy() shows a question at once, and the answer's line goes on", async () => {
  const output = new LabelledOutput(["menu", "gate"]);
  const target = memory();
  const menu = new TransformStream<Uint8Array<ArrayBuffer>>();
  const writer = menu.writable.getWriter();
  const asked = Promise.withResolvers<void>();
  const copied = output.copy("menu", menu.readable, target, {
    showsBegun: true,
    onText: () => asked.resolve(),
  });
  await writer.write(new TextEncoder().encode("Choice: "));
  await asked.promise;
  assertEquals(target.text(), "menu | Choice: ");
  await output.copy("gate", stream("noop\n"), target);
  await writer.write(new TextEncoder().encode("again? "));
  await writer.write(new TextEncoder().encode("yes\n"));
  await writer.close();
  await copied;
  assertEquals(
    target.text(),
    "menu | Choice: \ngate | noop\nmenu | again? yes\n",
  );
});
