import { assertEquals } from "@std/assert";
import { addSeries, series } from "../charts.ts";
import { now, points } from "../store.ts";
import {
  countSincePause,
  follow,
  moveBy,
  sight,
  togglePause,
  zoom,
  zoomBy,
  zoomTo,
} from "./sight.ts";

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
  moveBy(-0.25);
  assertEquals(sight(), { from: 47_500, to: 97_500 });
  moveBy(-1);
  assertEquals(sight(), { from: 10_000, to: 60_000 });
  zoomBy(10);
  assertEquals(sight(), { from: 10_000, to: 110_000 });
  // Less than 10 ms shows nothing.
  zoomBy(1e-9);
  assertEquals(sight(), { from: 59_995, to: 60_005 });
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
