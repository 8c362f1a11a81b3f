import { assertEquals } from "@std/assert";
import { readLines, splitLines } from "./lines.ts";
import { within } from "../testing/deadline.ts";
import { type Process, startProcess } from "../testing/processes.ts";

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

/** Starts a program that has `readLines` at hand. */
function startReader(body: string): Process {
  const module = import.meta.resolve("./lines.ts");
  return startProcess(Deno.execPath(), [
    "eval",
    "--no-config",
    `import { readLines } from "${module}"; ${body}`,
  ]);
}

Deno.test("readLines() takes the ends of Unix and Windows, and a last line without", async () => {
  const texts = new Map([
    ["a\nb\n", ["a", "b"]],
    ["a\r\nb\r\n", ["a", "b"]],
    ["a\n\n미세먼지", ["a", "", "미세먼지"]],
    ["\uFEFF0\r\n1", ["0", "1"]],
    ["", []],
  ]);
  for (const [text, expected] of texts) {
    const input = new Blob([text]).stream();
    assertEquals(await Array.fromAsync(readLines({ input })), expected);
  }
});

Deno.test("readLines() leaves what follows a line to the next reader", async () => {
  const input = new Blob(["one\r\ntwo\nthree\nfour"]).stream();
  for (const expected of ["one", "two"]) {
    for await (const line of readLines({ input })) {
      assertEquals(line, expected);
      break;
    }
  }
  const rest = await Array.fromAsync(
    input.pipeThrough(new TextDecoderStream()),
  );
  assertEquals(rest.join(""), "three\nfour");
});

Deno.test("readLines() ends when aborted, before and while it waits", async () => {
  const silent = new ReadableStream<Uint8Array<ArrayBuffer>>({ type: "bytes" });
  const none = readLines({ input: silent, signal: AbortSignal.abort() });
  assertEquals(await within("no lines", Array.fromAsync(none)), []);
  const stop = new AbortController();
  const input = new ReadableStream<Uint8Array<ArrayBuffer>>({
    type: "bytes",
    start: (controller) => controller.enqueue(encoder.encode("one\ntw")),
  });
  const lines: string[] = [];
  const reading = (async () => {
    for await (const line of readLines({ input, signal: stop.signal })) {
      lines.push(line);
      // By then it has read "tw" and waits for the rest.
      setTimeout(() => stop.abort());
    }
  })();
  await within("the end of the lines", reading);
  assertEquals(lines, ["one"]);
  assertEquals(input.locked, false);
});

Deno.test("readLines() reads a file that is piped in", async () => {
  await using reader = startReader(
    "console.log(JSON.stringify(await Array.fromAsync(readLines())));",
  );
  await reader.write("0\r\n한글\n4");
  const { stdout, stderr } = await reader.end();
  assertEquals({ stdout, stderr }, {
    stdout: '["0","한글","4"]\n',
    stderr: "",
  });
});

Deno.test("readLines() leaves the rest of standard input to others", async () => {
  await using reader = startReader(
    "for await (const line of readLines()) { console.log(line); break; }" +
      "const rest = Deno.stdin.readable.pipeThrough(new TextDecoderStream());" +
      "console.log((await Array.fromAsync(rest)).join(''));",
  );
  await reader.write("first\nsecond\nthird");
  const { stdout, stderr } = await reader.end();
  assertEquals(
    { stdout, stderr },
    { stdout: "first\nsecond\nthird\n", stderr: "" },
  );
});

for (const stop of ["signal.abort()", 'Deno.kill(Deno.pid, "SIGTERM")']) {
  Deno.test({
    name: `readLines() keeps no program alive after ${stop}`,
    // A program there can't be sent a signal.
    ignore: Deno.build.os === "windows" && stop.startsWith("Deno.kill"),
    fn: async () => {
      const module = import.meta.resolve("./lines.ts");
      const child = new Deno.Command(Deno.execPath(), {
        args: [
          "eval",
          "--no-config",
          `import { readLines } from "${module}";
           const signal = new AbortController();
           for await (const line of readLines(signal)) {
             console.log(line);
             setTimeout(() => ${stop});
           }
           console.log("over");`,
        ],
        stdin: "piped",
        stdout: "piped",
      }).spawn();
      // Standard input stays open until the program has ended by itself.
      const input = child.stdin.getWriter();
      try {
        await input.write(encoder.encode("line\n"));
        const { code, stdout } = await within(
          "the program's end",
          child.output(),
        );
        assertEquals(
          { code, stdout: decoder.decode(stdout) },
          { code: 0, stdout: "line\nover\n" },
        );
      } finally {
        await input.close().catch(() => {});
        await child.status;
      }
    },
  });
}
