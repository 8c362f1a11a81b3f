import { assertEquals } from "@std/assert";
import { splitLines } from "./_lines.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

async function* chunksOf(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield await Promise.resolve(encoder.encode(text));
}

async function read(
  end: "LF" | "CRLF",
  ...texts: string[]
): Promise<string[][]> {
  const batches = await Array.fromAsync(splitLines(chunksOf(...texts), end));
  return batches.map((lines) => lines.map((line) => decoder.decode(line)));
}

Deno.test("splitLines() gives the lines that each chunk completes", async () => {
  assertEquals(await read("LF", "a\nb\nc", "d", "", "e\n", "f\n"), [
    ["a", "b"],
    ["cde"],
    ["f"],
  ]);
});

Deno.test("splitLines() gives empty lines, and a last one without its end", async () => {
  assertEquals(await read("LF", "\n\na\n", "\nb"), [["", "", "a"], [""], [
    "b",
  ]]);
  assertEquals(await read("LF"), []);
  assertEquals(await read("LF", ""), []);
});

Deno.test("splitLines() takes a carriage return away only where it ends lines", async () => {
  const texts = ["a\r\nb\rc\r", "\n\r\nd\r"];
  assertEquals(await read("LF", ...texts), [["a\r"], ["b\rc\r", "\r"], [
    "d\r",
  ]]);
  assertEquals(await read("CRLF", ...texts), [["a"], ["b\rc", ""], ["d\r"]]);
});

Deno.test("splitLines() keeps bytes that are no text", async () => {
  const bytes = Uint8Array.of(0xff, 0x00, 0x0a, 0xc3, 0x0a, 0x28);
  const batches = await Array.fromAsync(
    splitLines(
      ReadableStream.from([bytes.subarray(0, 1), bytes.subarray(1)]),
      "LF",
    ),
  );
  assertEquals(batches.flat().map((line) => [...line]), [
    [0xff, 0x00],
    [0xc3],
    [0x28],
  ]);
});

Deno.test("splitLines() takes a long line in small chunks in linear time", async () => {
  const chunk = encoder.encode("x".repeat(1000));
  const chunks = ReadableStream.from(Array<Uint8Array>(20_000).fill(chunk));
  const start = performance.now();
  const [[line] = []] = await Array.fromAsync(splitLines(chunks, "LF"));
  assertEquals(line?.length, 20_000_000);
  // Copying what has come so far at each chunk would copy 200 GB.
  assertEquals(performance.now() - start < 10_000, true);
});
