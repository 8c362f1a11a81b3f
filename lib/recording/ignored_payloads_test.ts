import { assertEquals } from "@std/assert";
import { IgnoredPayloads } from "./ignored_payloads.ts";
import { Message } from "../message.ts";

Deno.test("IgnoredPayloads reports the first of a topic at once, then every ten seconds", () => {
  const lines: string[] = [];
  let now = 0;
  const ignored = new IgnoredPayloads((line) => lines.push(line), () => now);

  ignored.add(Message.from("iot/a", "on"));
  ignored.add(Message.from("iot/b", ""));
  for (; now < 25_000; now += 5) ignored.add(Message.from("iot/a", `${now}!`));
  ignored.close();

  assertEquals(lines, [
    'Payload that is not a number is ignored: "on" on "iot/a"',
    'Payload that is not a number is ignored: "" on "iot/b"',
    '2001 payloads that are not numbers are ignored: "10000!" on "iot/a"',
    '2000 payloads that are not numbers are ignored: "20000!" on "iot/a"',
    "In all, 5002 payloads were ignored",
  ]);
  assertEquals(ignored.count, 5002);
});

Deno.test("IgnoredPayloads stays short when each payload has a topic of its own", () => {
  const lines: string[] = [];
  const ignored = new IgnoredPayloads((line) => lines.push(line), () => 0);
  for (let topic = 0; topic < 10_000; topic++) {
    ignored.add(Message.from(`iot/${topic}`, "on"));
  }
  assertEquals(lines.length, 10);
});

Deno.test("IgnoredPayloads lets no payload break a line or fill the terminal", () => {
  const lines: string[] = [];
  const ignored = new IgnoredPayloads((line) => lines.push(line));
  ignored.add(Message.from("iot/\n", `\x1b[31m${"x".repeat(1_000_000)}`));
  ignored.close();
  assertEquals(lines, [
    `Payload that is not a number is ignored: "\\x1b[31m${
      "x".repeat(55)
    }…" on "iot/\\n"`,
    "In all, 1 payload was ignored",
  ]);
});

Deno.test("IgnoredPayloads.close() says nothing when there was none", () => {
  const lines: string[] = [];
  new IgnoredPayloads((line) => lines.push(line)).close();
  assertEquals(lines, []);
});
