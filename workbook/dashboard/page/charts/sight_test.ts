import { assertEquals } from "@std/assert";
import { addSeries, series } from "../charts.ts";
import { now, points } from "../store.ts";
import {
  countSincePause,
  follow,
  moveBy,
  moved,
  sight,
  togglePause,
  within,
  zoom,
  zoomBy,
  zoomed,
  zoomTo,
} from "./sight.ts";

Deno.test("zoomed() keeps the middle", () => {
  assertEquals(zoomed({ from: 1000, to: 3000 }, 0.5), { from: 1500, to: 2500 });
  assertEquals(zoomed({ from: 1000, to: 3000 }, 2), { from: 0, to: 4000 });
});

Deno.test("zoomed() stops at 10 ms", () => {
  assertEquals(zoomed({ from: 1000, to: 1012 }, 0.5), { from: 1001, to: 1011 });
});

Deno.test("moved() goes later and earlier", () => {
  assertEquals(moved({ from: 1000, to: 2000 }, 0.25), { from: 1250, to: 2250 });
  assertEquals(moved({ from: 1000, to: 2000 }, -0.25), { from: 750, to: 1750 });
});

Deno.test("within() moves a range inside, and cuts what is too long", () => {
  const limits = { from: 1000, to: 2000 };
  assertEquals(within({ from: 1200, to: 1300 }, limits), {
    from: 1200,
    to: 1300,
  });
  assertEquals(within({ from: 900, to: 1100 }, limits), {
    from: 1000,
    to: 1200,
  });
  assertEquals(within({ from: 1900, to: 2100 }, limits), {
    from: 1800,
    to: 2000,
  });
  assertEquals(within({ from: 0, to: 9000 }, limits), limits);
});

/** A series with a point a second from 10 s to 110 s. */
function start(): { times: number[] } {
  addSeries("iot/temp", "$");
  const times = Array.from(
    { length: 101 },
    (_, index) => 10_000 + index * 1000,
  );
  const known = { times, values: times.map(() => 1), leftOut: 0 };
  points.set(series.value[0]!.key, known);
  now.value = 110_000;
  follow(Infinity);
  return known;
}

Deno.test("sight() shows all up to now, or the last of it", () => {
  start();
  assertEquals(sight(), { from: 10_000, to: 110_000 });
  now.value = 130_000;
  assertEquals(sight(), { from: 10_000, to: 130_000 });
  follow(60_000);
  assertEquals(sight(), { from: 70_000, to: 130_000 });
});

Deno.test("sight() shows what comes after a clock was set back", () => {
  start();
  now.value = 90_000;
  assertEquals(sight(), { from: 10_000, to: 110_000 });
  follow(60_000);
  assertEquals(sight(), { from: 30_000, to: 90_000 });
});

Deno.test("zoomBy() and moveBy() stay where points are", () => {
  start();
  zoomBy(0.5);
  assertEquals(sight(), { from: 35_000, to: 85_000 });
  moveBy(0.25);
  assertEquals(sight(), { from: 47_500, to: 97_500 });
  moveBy(1);
  assertEquals(sight(), { from: 60_000, to: 110_000 });
  zoomBy(10);
  assertEquals(sight(), { from: 10_000, to: 110_000 });
});

Deno.test("follow() ends a zoom", () => {
  start();
  zoomTo({ from: 20_000, to: 30_000 });
  follow(60_000);
  assertEquals(zoom.value, null);
  assertEquals(sight(), { from: 50_000, to: 110_000 });
});

Deno.test("togglePause() keeps the sight still while points come", () => {
  const { times } = start();
  togglePause();
  times.push(120_000, 130_000);
  now.value = 130_000;
  assertEquals(sight(), { from: 10_000, to: 110_000 });
  assertEquals(countSincePause(), 2);
  togglePause();
  assertEquals(sight(), { from: 10_000, to: 130_000 });
  assertEquals(countSincePause(), 0);
});
