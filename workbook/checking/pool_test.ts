import { assert, assertEquals, assertRejects } from "@std/assert";
import { pool } from "./pool.ts";

Deno.test("pool() works on so many at once, and stops at an error", async () => {
  let running = 0;
  let most = 0;
  const done: number[] = [];
  const work = async (item: number) => {
    most = Math.max(most, ++running);
    await Promise.resolve();
    running--;
    if (item === 5) throw new Error("Five");
    done.push(item);
  };
  await pool([1, 2, 3, 4], 2, work);
  assertEquals([most, done], [2, [1, 2, 3, 4]]);
  await assertRejects(() => pool([5, 6, 7, 8], 2, work), Error, "Five");
  assertEquals(running, 0);
  assert(!done.includes(8));
});
