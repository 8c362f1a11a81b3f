import { assertEquals } from "@std/assert";
import { Pace } from "./pace.ts";

/** A client whose connections last so long, and whose pauses are so long. */
function live(lasting: number, pauseOf: (failures: number) => number): Pace {
  let time = 0;
  const pace = new Pace("a", { retryDelay: [0.1, 1], now: () => time });
  let failures = 0;
  for (let count = 0; count < 40; count++) {
    pace.noteConnection();
    time += lasting;
    if (lasting >= 1000) failures = 0;
    pace.noteEnd();
    time += pauseOf(++failures);
    pace.noteAttempt();
  }
  return pace;
}

function middle(failures: number): number {
  return (100 + Math.min(1000, 100 * 2 ** failures)) / 2;
}

Deno.test("Pace finds nothing where each attempt has its pause", () => {
  for (const lasting of [1, 2000]) {
    const pace = live(lasting, middle);
    assertEquals([pace.attempts, pace.findings()], [40, []]);
  }
});

Deno.test("Pace finds pauses that begin anew with each connection", () => {
  assertEquals(live(1, () => middle(1)).findings(), [
    "Storm: the pauses between 40 attempts of a have 28 % of the length that they should have",
  ]);
});

Deno.test("Pace finds attempts without a pause", () => {
  const [finding] = live(2000, () => 50).findings();
  assertEquals(
    finding,
    "Storm: 40 of 40 attempts of a without the shortest pause",
  );
});
