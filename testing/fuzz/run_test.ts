import {
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertRejects,
} from "@std/assert";
import { Buffer } from "node:buffer";
import { makeInput } from "./input.ts";
import { fuzz, FuzzFinding } from "./run.ts";

const PLAN = { seed: 1, from: 0, to: 1_600, warmUp: 500, mostGrowth: 5e7 };

Deno.test("makeInput() makes the same input for the same seed and number, and all sorts of them", () => {
  assertEquals(makeInput(3, 14), makeInput(3, 14));
  assertNotEquals(makeInput(3, 14), makeInput(3, 15));
  assertNotEquals(makeInput(3, 14), makeInput(4, 14));
  const inputs = Array.from({ length: 500 }, (_, index) => makeInput(1, index));
  for (const transport of ["tcp", "websocket"]) {
    const some = inputs.filter((input) => input.transport === transport);
    const intact = some.filter(({ isIntact }) => isIntact).length;
    assertEquals([some.length > 200, intact > 15], [true, true], transport);
  }
  for (const level of [4, 5]) {
    const connect = Buffer.from(`MQTT${String.fromCharCode(level)}`);
    const some = inputs.filter(({ pieces }) =>
      Buffer.concat(pieces).includes(connect)
    );
    const intact = some.filter(({ isIntact }) => isIntact).length;
    assertEquals([some.length > 150, intact > 10], [true, true], `${level}`);
  }
});

for (
  const [fault, reason] of [
    ["crash", /The flags were too much/],
    ["hang", /^Waited \d+ ms in vain for|^Client beside/],
    ["deaf", /^Waited \d+ ms in vain for PINGRESP|^Client beside: nothing has/],
    ["leak", /^The broker's memory grew from \d+ to \d+ bytes/],
  ] as const
) {
  Deno.test(`fuzz() finds a broker that has the fault "${fault}"`, async () => {
    const finding = await assertRejects(
      () => fuzz({ ...PLAN, fault, deadline: 1_500 }),
      FuzzFinding,
    );
    assertMatch(finding.message, reason);
    assertNotEquals(finding.numbers.length, 0);
  });
}
