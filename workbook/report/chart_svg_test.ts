import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { toSvg } from "./chart_svg.ts";
import { TopicSummary } from "./topic_summary.ts";

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
