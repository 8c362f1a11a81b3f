import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { findPeer, peerTest } from "../testing/peers.ts";
import { drawChart, formatGoals, formatTable } from "./_report.ts";
import {
  type Contestant,
  type Measurement,
  type Outcome,
  runRounds,
} from "./_rounds.ts";
import { allMeasurements } from "./_measurements.ts";
import { preparePrograms } from "./_programs.ts";
import { compare, median, type Result, toResult } from "./_results.ts";

/** Runs what needs no programs; `paho` alone isn't installed. */
function rounds(
  contestants: Contestant[],
  goals: Measurement["goals"] = [],
): Promise<Outcome> {
  return runRounds(
    { name: "count", title: "count", unit: "messages/s", contestants, goals },
    {
      rounds: 3,
      find: (peer) => peer === "paho" ? undefined : peer,
      report: () => {},
    },
  );
}

/** A contestant that has its figures already, and writes down when it ran. */
function fake(
  name: string,
  values: number[],
  { needs = [], order = [] }: {
    needs?: Contestant["needs"];
    order?: string[];
  } = {},
): Contestant {
  let round = 0;
  return {
    name,
    needs,
    run() {
      order.push(name);
      const value = values[round++]!;
      if (Number.isNaN(value)) return Promise.reject(new Error("Broken"));
      return Promise.resolve({ value, messages: 1 });
    },
  };
}

Deno.test("median() takes the middle of the sorted values", () => {
  assertEquals(median([10, 9, 100]), 10);
  assertEquals(median([1, 100, 2, 3]), 2.5);
  assertEquals(median([7]), 7);
});

Deno.test("median() refuses to invent one", () => {
  assertThrows(() => median([]), RangeError, "Median of no values");
});

Deno.test("compare() pairs the figures of the same round", () => {
  const comparison = compare([10, 40, 30], [5, 10, 30]);
  assertEquals(comparison, { ofMedians: 3, perRound: [2, 4, 1] });
});

Deno.test("compare() leaves out rounds that one of them didn't finish", () => {
  const comparison = compare([10, undefined, 30, 8], [5, 10, undefined, 2]);
  assertEquals(comparison?.perRound, [2, 4]);
  assertAlmostEquals(comparison!.ofMedians, 9 / 3.5);
  assertEquals(compare([undefined], [1]), undefined);
});

Deno.test("compare() refuses contestants of different rounds", () => {
  assertThrows(() => compare([1, 2], [1]), RangeError, "2 and 1");
});

Deno.test("runRounds() lets contestants take turns", async () => {
  const order: string[] = [];
  await rounds([
    fake("toolkit", [1, 2, 3], { order }),
    fake("other", [1, 1, 1], { order }),
  ]);
  const turn = ["toolkit", "other"];
  assertEquals(order, [...turn, ...turn, ...turn]);
});

Deno.test("runRounds() leaves out by name who isn't installed", async () => {
  const order: string[] = [];
  const outcome = await rounds([
    fake("toolkit", [1, 2, 3], { order, needs: ["mosquitto"] }),
    fake("snake", [1, 1, 1], { order, needs: ["mosquitto", "paho"] }),
  ], [{ peer: "snake", least: 2 }]);
  assertEquals(new Set(order), new Set(["toolkit"]));
  assertEquals(outcome.leftOut, [{ name: "snake", missing: ["paho"] }]);
  const result = toResult(outcome);
  assertEquals(result.contestants.map(({ name }) => name), ["toolkit"]);
  assertStringIncludes(
    formatTable([result]),
    "snake: left out, paho not installed",
  );
  assertEquals(formatGoals([result]), "");
});

Deno.test("runRounds() goes on after a run that failed, and tells of it", async () => {
  const outcome = await rounds([
    fake("toolkit", [4, 6, 8]),
    fake("other", [2, NaN, 2]),
  ], [{ peer: "other", least: 3.5 }]);
  assertEquals(outcome.failures, ["count  2/3  other: Broken"]);
  const result = toResult(outcome);
  assertEquals(result.contestants[1]?.roundRatios, [2, 4]);
  assertEquals(result.contestants[1]?.values, [2, null, 2]);
  assertStringIncludes(formatTable([result]), "failed: count  2/3  other");
  assertStringIncludes(formatGoals([result]), "is 3.00: at least 3.5 MISSED");
});

Deno.test("formatGoals() says of a ratio whether it is low enough", async () => {
  const ours = [fake("toolkit", [5, 5, 5]), fake("other", [4, 4, 4])];
  const goals = [{ peer: "other", most: 1.3 }, { peer: "other", most: 1.2 }];
  const text = formatGoals([toResult(await rounds(ours, goals))]);
  assertStringIncludes(text, "is 1.25: at most 1.3 met");
  assertStringIncludes(text, "is 1.25: at most 1.2 MISSED");
});

/** Runs real measurements once each, with few messages. */
async function runOnce(names: string[]): Promise<Outcome[]> {
  await using _programs = await preparePrograms();
  const outcomes = [];
  for (const measurement of allMeasurements(0.001)) {
    if (!names.includes(measurement.name)) continue;
    outcomes.push(
      await runRounds(measurement, {
        rounds: 1,
        find: findPeer,
        report: () => {},
      }),
    );
  }
  assertEquals(outcomes.length, names.length);
  return outcomes;
}

function assertComplete({ samples, failures }: Outcome): void {
  assertEquals(failures, []);
  for (const [sample] of samples.values()) {
    assert(sample !== undefined);
    assertGreater(sample.value, 0);
    assertEquals(sample.lost ?? 0, 0);
  }
}

Deno.test("allMeasurements() have programs that work without other peers", async () => {
  const outcomes = await runOnce([
    "receive",
    "record",
    "end-to-end/embedded/qos1/window16",
    "latency/embedded/median",
    "import",
  ]);
  for (const outcome of outcomes) {
    assertComplete(outcome);
    assert(outcome.samples.has("toolkit"));
  }
});

peerTest(
  ["mosquitto", "mosquitto_pub", "paho"],
  "allMeasurements() have programs that work with mosquitto and paho",
  async () => {
    const outcomes = await runOnce([
      "publish/qos0",
      "publish/sink",
      "publish/qos2/window1000",
      "end-to-end/mosquitto/qos2/window16",
      "latency/mosquitto/p99",
      "broker/qos0/subscribers5",
      "broker/qos1/subscribers5",
      "broker/qos2/subscribers1",
      "cold-start",
    ]);
    for (const outcome of outcomes) {
      assertComplete(outcome);
      assertEquals(outcome.leftOut, []);
    }
  },
);

Deno.test("drawChart() draws what is better on the right, times too", () => {
  const result = (unit: "ms" | "messages/s", toolkitRatio: number): Result => ({
    ...{ name: "a<b", title: "", unit, goals: [], leftOut: [], failures: [] },
    contestants: [{
      ...{ name: "paho", median: 1, messages: 1, values: [], lost: 0 },
      toolkitRatio,
    }],
  });
  const placesOf = (results: Result[]) =>
    [
      ...drawChart(results).split("a&lt;b").slice(1).join("")
        .matchAll(/translate\(([\d.]+)/g),
    ].map(([, x]) => Number(x));
  const [faster, slower, sooner] = placesOf([
    result("messages/s", 4),
    result("messages/s", 0.5),
    result("ms", 0.25),
  ]);
  assertGreater(faster!, slower!);
  assertEquals(sooner, faster);
});

Deno.test("chart.svg shows the figures of results.json", async () => {
  const read = (name: string) =>
    Deno.readTextFile(new URL(name, import.meta.url));
  const { results } = JSON.parse(await read("results.json"));
  // deno fmt has laid it out.
  const bare = (text: string) => text.replaceAll(/\s/g, "");
  assertEquals(bare(await read("chart.svg")), bare(drawChart(results)));
});
