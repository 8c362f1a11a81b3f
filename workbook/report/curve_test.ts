import { assertEquals } from "@std/assert";
import { sparkline } from "../main_job/statistics.ts";
import { meansOf, partsOf } from "./curve.ts";
import { TopicSummary } from "./topic_summary.ts";

/** A summary of values at these seconds. */
function summaryOf(rows: readonly [second: number, value: number][]) {
  const summary = new TopicSummary("iot/x");
  for (const [second, value] of rows) summary.add(second * 1000, `${value}`);
  return summary;
}

/** One value a second, but for a gap from 3 to 8. */
const WITH_GAP = summaryOf([
  ...[[0, 1], [1, 2], [2, 3], [3, 4]] as [number, number][],
  ...[[8, 5], [9, 6], [10, 7]] as [number, number][],
]);
const PERIOD = { from: 0, to: 10_000 };

Deno.test("partsOf() parts a curve at its gaps", () => {
  const parts = partsOf(WITH_GAP).map((part) => part.map(({ mean }) => mean));
  assertEquals(parts, [[1, 2, 3, 4], [5, 6, 7]]);
  assertEquals(partsOf(new TopicSummary("iot/x")), []);
  assertEquals(partsOf(summaryOf([[1, 2]])).length, 1);
});

Deno.test("meansOf() holds a value until the next, and leaves gaps empty", () => {
  assertEquals(
    meansOf(WITH_GAP, PERIOD, 10),
    [1, 2, 3, 4, undefined, undefined, undefined, undefined, 5, 6.5],
  );
  const slow = summaryOf([[0, 1], [4, 2], [8, 3]]);
  assertEquals(meansOf(slow, PERIOD, 5), [1, 1, 2, 2, 3]);
  assertEquals(meansOf(slow, PERIOD, 2), [1.5, 3]);
});

Deno.test("meansOf() covers the time of all topics, and a single moment", () => {
  const late = summaryOf([[6, 1], [8, 2]]);
  assertEquals(
    meansOf(late, PERIOD, 5),
    [undefined, undefined, undefined, 1, 2],
  );
  const moment = summaryOf([[1, 5]]);
  const period = { from: 1000, to: 1000 };
  assertEquals(meansOf(moment, period, 3), [5, undefined, undefined]);
});

Deno.test("sparkline() leaves a blank where there is no value", () => {
  assertEquals(sparkline([0, undefined, 7, 3.5]), "▁ █▅");
  assertEquals(sparkline([2, undefined, 2]), "▅ ▅");
  assertEquals(sparkline([undefined]), " ");
  assertEquals(sparkline([]), "");
  const { MAX_VALUE } = Number;
  assertEquals(sparkline([-MAX_VALUE, 0, MAX_VALUE]), "▁▅█");
});
