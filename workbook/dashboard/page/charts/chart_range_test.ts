import { assertEquals } from "@std/assert";
import { moved, within, zoomed } from "./chart_range.ts";

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
