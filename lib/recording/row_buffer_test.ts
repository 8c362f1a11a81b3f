import { assertEquals } from "@std/assert";
import { type TimeFormat, timeFormatter } from "./local_time.ts";
import { RowBuffer } from "./row_buffer.ts";
import { times } from "../../testing/test.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const NOON = Date.UTC(2026, 10, 21, 12) * 1000;

for (const format of ["local", "rfc3339"] satisfies TimeFormat[]) {
  Deno.test(`RowBuffer writes what a row is as text, in ${format} time`, () => {
    const rows = new RowBuffer(format);
    const formatTime = timeFormatter(format);
    const readings = times(3_000, (index) => ({
      time: NOON + index * 123_457 * (index % 7 ? 1 : -1),
      topic: `iot/온도/${"x".repeat(index % 90)}`,
      value: `${index / 8}`,
    }));
    for (const { time, topic, value } of readings) {
      rows.add({
        time,
        topic: encoder.encode(topic),
        value: encoder.encode(value),
      });
    }
    const text = readings.map(({ time, topic, value }) =>
      `${formatTime(time)},${topic},${value}\r\n`
    );
    assertEquals(decoder.decode(rows.bytes), text.join(""));
    assertEquals(rows.count, readings.length);
    assertEquals(rows.length, rows.bytes.length);
  });
}

Deno.test("RowBuffer holds a field that is larger than itself", () => {
  const rows = new RowBuffer("local");
  const field = encoder.encode("x".repeat(1_000_000));
  for (let turn = 0; turn < 2; turn++) {
    rows.clear();
    rows.add({ time: NOON, topic: field, value: field });
    rows.add({ time: NOON, topic: field, value: field });
    assertEquals(rows.count, 2);
    assertEquals(rows.length, 2 * (26 + 2 * (1 + field.length) + 2));
  }
});

Deno.test("RowBuffer.removeLast() takes one row back", () => {
  const rows = new RowBuffer("local");
  const topic = encoder.encode("iot/x");
  for (const value of ["1", "2"]) {
    rows.add({ time: NOON, topic, value: encoder.encode(value) });
  }
  assertEquals(rows.lastRow.endsWith(",iot/x,2\r\n"), true);
  rows.removeLast();
  assertEquals(rows.count, 1);
  const text = decoder.decode(rows.bytes);
  assertEquals(text.split("\r\n").length, 2);
  assertEquals(text.endsWith(",iot/x,1\r\n"), true);
});
