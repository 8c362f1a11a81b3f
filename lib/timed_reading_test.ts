import { assertEquals } from "@std/assert";
import { formatTimedReading, parseTimedReading } from "./timed_reading.ts";

const MICROSECONDS = Date.UTC(2026, 10, 21, 0, 30) * 1000;

/** Parses a payload whose value is written so in its JSON. */
function parsed(value: string): string | undefined {
  return parseTimedReading(`{"time":"2026-11-21T00:30:00Z","value":${value}}`)
    ?.value;
}

Deno.test("parseTimedReading() reads what formatTimedReading() writes", () => {
  const before = Date.now() * 1000;
  const reading = parseTimedReading(formatTimedReading(21.5));
  assertEquals(reading?.value, "21.5");
  assertEquals(before <= reading!.microseconds, true);
});

Deno.test("parseTimedReading() keeps the value's digits", () => {
  for (
    const [written, value] of [
      ["21.50", "21.5"],
      ["-0", "-0"],
      ["0", "0"],
      ["-0.0", "-0.0"],
      ["12345678901234567890", "12345678901234567890"],
      ["-9007199254740993", "-9007199254740993"],
      ["1e21", "1e21"],
      ["1e400", "1e400"],
      ['"12345678901234567890"', "12345678901234567890"],
      ['" 5 "', " 5 "],
    ] as const
  ) assertEquals(parsed(written), value, written);
});

Deno.test("parseTimedReading() takes blanks around the JSON, as around a number", () => {
  const json = '{"time":"2026-11-21T00:30:00Z","value":1}';
  for (const text of [json, ` ${json}`, `\r\n\t${json}\n`]) {
    assertEquals(parseTimedReading(text), {
      microseconds: MICROSECONDS,
      value: "1",
    });
  }
});

Deno.test("parseTimedReading() refuses what isn't a reading", () => {
  const values = ["null", "true", "{}", "[1]", '{"value":1}'];
  for (const value of values) assertEquals(parsed(value), undefined, value);
  for (
    const text of [
      "",
      "21.5",
      "{",
      "[]",
      "null",
      '{"value":1}',
      '{"time":1795221000,"value":1}',
      '{"time":{"time":"2026-11-21T00:30:00Z"},"value":1}',
      '{"__proto__":{"time":"2026-11-21T00:30:00Z","value":1}}',
      '{"time":"0001-01-01T00:00:00Z","value":1}',
      '{"time":"9999-12-31T23:59:59.999999Z","value":1}',
      '{"a":'.repeat(100_000) + "1" + "}".repeat(100_000),
    ]
  ) assertEquals(parseTimedReading(text), undefined, text.slice(0, 80));
});
