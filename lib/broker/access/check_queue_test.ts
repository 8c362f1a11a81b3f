import { assert, assertEquals } from "@std/assert";
import { type Check, CheckQueue, type Verdict } from "./check_queue.ts";
import { FakeClock } from "../../../testing/fake_clock.ts";
import { rejection } from "../../../testing/deadline.ts";

const HASH = 150;

/** A queue whose checks take some time, and what becomes of them. */
function createQueue({ limit = 1 } = {}) {
  const clock = new FakeClock();
  const queue = new CheckQueue({ limit, now: clock.now });
  const order: string[] = [];
  const verdicts: Record<string, Verdict> = {};
  return {
    clock,
    queue,
    order,
    verdicts,
    /** Puts in a password, and notes when it is checked and how that ends. */
    add(name: string, isRight: boolean, other: Partial<Check> = {}): void {
      const verdict = queue.run({
        isOff: () => false,
        isSuspect: () => true,
        async run() {
          order.push(name);
          await clock.wait(HASH);
          return isRight;
        },
        ...other,
      });
      verdict.then((verdict) => verdicts[name] = verdict);
    },
  };
}

Deno.test("CheckQueue checks so many at a time, and tells what is right", async () => {
  const { add, clock, order, verdicts } = createQueue({ limit: 2 });
  for (const name of ["a", "b", "c", "d"]) add(name, name === "c");
  await clock.pass(0);
  assertEquals(order, ["a", "b"]);
  await clock.pass(HASH);
  assertEquals(order.length, 4);
  await clock.pass(HASH);
  assertEquals(verdicts, { a: "wrong", b: "wrong", c: "right", d: "wrong" });
});

Deno.test("CheckQueue takes those that nobody suspects, and of these the newest", async () => {
  const { add, clock, order } = createQueue();
  add("first", false);
  for (let index = 1; index <= 3; index++) add(`guess ${index}`, false);
  const isSuspect = () => false;
  add("ann", true, { isSuspect });
  add("bob", true, { isSuspect });
  add("guess 4", false);
  await clock.pass(4 * HASH);
  assertEquals(order, ["first", "bob", "ann", "guess 4", "guess 3"]);
});

Deno.test("CheckQueue leaves nobody behind wrong ones for long, however many right ones there are", async () => {
  const wrong = createQueue();
  for (let index = 0; index < 40; index++) wrong.add(`${index}`, false);
  await wrong.clock.pass(1_500);
  const left = Object.values(wrong.verdicts).filter((verdict) =>
    verdict === "unchecked"
  );
  assert(left.length > 25, `${left.length} are left unchecked`);
  assert(Object.keys(wrong.verdicts).length >= 39);
  const right = createQueue();
  for (let index = 0; index < 40; index++) right.add(`${index}`, true);
  await right.clock.pass(40 * HASH);
  assertEquals(Object.values(right.verdicts), Array(40).fill("right"));
});

Deno.test("CheckQueue doesn't check what is off by the time of its turn", async () => {
  const { add, clock, order, verdicts } = createQueue();
  let isGone = false;
  add("first", false);
  add("gone", true, { isOff: () => isGone });
  isGone = true;
  await clock.pass(2 * HASH);
  assertEquals(order, ["first"]);
  assertEquals(verdicts, { first: "wrong", gone: "unchecked" });
});

Deno.test("CheckQueue holds so many, and leaves the oldest unchecked beyond it", async () => {
  const { add, clock, verdicts } = createQueue();
  for (let index = 0; index < 4_098; index++) add(`${index}`, false);
  await clock.pass(0);
  assertEquals(verdicts, { 1: "unchecked" });
});

Deno.test("CheckQueue passes on what goes wrong, and goes on", async () => {
  const { add, clock, queue, verdicts } = createQueue();
  const failing = queue.run({
    isOff: () => false,
    isSuspect: () => true,
    run: () => Promise.reject(new Error("No memory")),
  });
  add("ann", true);
  await rejection(failing, Error, "No memory");
  await clock.pass(HASH);
  assertEquals(verdicts, { ann: "right" });
});

Deno.test("CheckQueue.close() waits for the check that runs, and begins no other", async () => {
  const { add, clock, queue, order, verdicts } = createQueue();
  for (const name of ["a", "b"]) add(name, true);
  const closed = queue.close().then(() => order.push("closed"));
  add("c", true);
  await clock.pass(HASH);
  await closed;
  assertEquals(order, ["a", "closed"]);
  assertEquals(verdicts, { a: "right", b: "unchecked", c: "unchecked" });
});
