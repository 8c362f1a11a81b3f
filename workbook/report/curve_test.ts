import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { sparkline } from "../main_job/statistics.ts";
import { meansOf, partsOf, toSvg } from "./curve.ts";
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

/** The paths of a chart, by their names. */
function pathsOf(rows: readonly [second: number, value: string][]) {
  const summary = new TopicSummary("iot/x");
  for (const [second, value] of rows) summary.add(second * 1000, value);
  const svg = toSvg(summary, { from: 0, to: 10_000 }, '"x" <1>');
  const paths = svg.matchAll(/<path class="(\w+)" d="([^"]*)"\/>/g);
  return {
    svg,
    ...Object.fromEntries(Array.from(paths, ([, name, d]) => [name!, d!])),
  } as Record<"svg" | "gap" | "band" | "mean", string>;
}

Deno.test("toSvg() draws the mean as a line from the least to the greatest value", () => {
  const { mean, band, gap } = pathsOf([[0, "1"], [5, "3"], [10, "2"]]);
  assertEquals(mean, "M0 230L500 10L1000 120");
  assertEquals(band, "M0 230L500 10L1000 120L1000 120L500 10L0 230Z");
  assertEquals(gap, "");
});

Deno.test("toSvg() breaks the line at a gap, and marks it", () => {
  const { mean, gap } = pathsOf([
    ...[[0, "1"], [1, "1"], [2, "1"]] as [number, string][],
    ...[[8, "2"], [9, "2"]] as [number, string][],
  ]);
  assertEquals(mean, "M0 230L100 230L200 230M800 10L900 10");
  assertEquals(gap, "M200 0H800V240H200Z");
});

Deno.test("toSvg() draws a dot for a single value, and a flat line for a constant", () => {
  assertEquals(pathsOf([[5, "7"]]).mean, "M500 120h0");
  assertEquals(pathsOf([[0, "7"], [5, "7"]]).mean, "M0 120L500 120");
});

Deno.test("toSvg() stays a drawing with the largest numbers", () => {
  const { mean, svg } = pathsOf([[0, "-1.7e308"], [5, "1.7e308"]]);
  assertEquals(mean, "M0 230L500 10");
  assert(!/NaN|Infinity/.test(svg));
});

Deno.test("toSvg() has a label for who doesn't see it", () => {
  const { svg } = pathsOf([[0, "1"]]);
  assertStringIncludes(svg, 'role="img" aria-label="&quot;x&quot; &lt;1&gt;"');
});
