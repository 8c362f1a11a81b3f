import { parse, stringify } from "@std/csv";
import { assert, assertEquals } from "@std/assert";
import {
  endOfLastRow,
  endOfRow,
  fieldOf,
  fieldsOf,
  rowOf,
} from "./csv_rows.ts";
import { times } from "../../testing/test.ts";

const TIME = "2026-11-21 09:30:00.123456";

/** The same topics at each run: a failure can be seen again. */
function* oddTopics(letters: string[], count: number): Generator<string> {
  let state = 1;
  const below = (limit: number) => {
    state = (state * 48271) % 2147483647;
    return state % limit;
  };
  for (let made = 0; made < count; made++) {
    yield times(1 + below(9), () => letters[below(letters.length)]).join("");
  }
}

const LETTERS = [..."a/é温😀 =;'\t\\", ",", '"', '"', "\n"];

Deno.test("rowOf() writes the bytes that @std/csv writes", () => {
  const values = [0, 21, -0.5, 1e21, 5e-324, 1.7976931348623157e308, 0.1 + 0.2];
  let quoted = 0;
  for (const topic of oddTopics([...LETTERS, "\r", "\r\n"], 5_000)) {
    const value = values[topic.length % values.length]!;
    const row = rowOf(TIME, fieldOf(topic), String(value));
    assertEquals(row, stringify([[TIME, topic, value]]));
    if (row.includes(',"')) quoted++;
  }
  assert(quoted > 1_000, `${quoted} of the topics needed quotes`);
});

Deno.test("fieldsOf() reads back each row, even a CR that @std/csv drops", () => {
  for (const topic of oddTopics([...LETTERS, "\r", "\r\n"], 5_000)) {
    const row = rowOf(TIME, fieldOf(topic), "21.5");
    assertEquals(endOfRow(row, 0), row.length, JSON.stringify(row));
    const fields = fieldsOf(row.slice(0, -2));
    assertEquals(fields, [TIME, topic, "21.5"]);
    if (!topic.includes("\r")) assertEquals(parse(row), [fields]);
  }
});

Deno.test("fieldsOf() takes a quote inside a field as it is, as Python writes it", () => {
  assertEquals(fieldsOf('a,5" pipe,1'), ["a", '5" pipe', "1"]);
  assertEquals(fieldsOf('"","",""""'), ["", "", '"']);
  assertEquals(fieldsOf(","), ["", ""]);
});

Deno.test("fieldsOf() refuses text after a closing quote", () => {
  assertEquals(fieldsOf('a,"b"c,1'), undefined);
  assertEquals(fieldsOf('a,"b'), undefined);
});

Deno.test("endOfRow() waits for the rest of a row", () => {
  const text = 'a,"x\r\ny, ""z""",1\r\nb,5" pipe,2\n';
  const rows = [0, text.indexOf("b,5"), text.length];
  assertEquals(endOfRow(text, 0), rows[1]);
  assertEquals(endOfRow(text, rows[1]!), rows[2]);
  for (let cut = 0; cut < text.length; cut++) {
    const part = text.slice(0, cut);
    assertEquals(endOfRow(part, 0), cut < rows[1]! ? -1 : rows[1], part);
    assertEquals(endOfLastRow(part), cut < rows[1]! ? 0 : rows[1], part);
  }
  assertEquals(endOfLastRow(text), text.length);
});
