/**
 * Solution of exercise 07: receives in the background, and prints the mean that
 * the user asks for.
 *
 * Run: deno run --allow-env --allow-net solutions/07_monitor_menu/main.ts
 */
import { brokerUrl, exitWithError, Menu } from "../../lib/mod.ts";
import { type Message, StopSignal, subscribe } from "../../lib/mod.ts";

// What the menu calls them, and how their topics end.
const SENSORS = [
  ["온도", "temp"],
  ["습도", "humi"],
  ["조도", "illu"],
  ["미세먼지", "dust"],
] as const;

// A sum and a count are enough for a mean, however long the monitor runs.
const totals = new Map(
  SENSORS.map(([, key]) => [key as string, { sum: 0, count: 0 }]),
);

function addValue(message: Message): void {
  const total = totals.get(message.topic.split("/").at(-1)!);
  if (total === undefined) return;
  // This throws if the payload isn't a number: it is reported, and not counted.
  const value = message.number;
  total.sum += value;
  total.count++;
}

function printMean(name: string, key: string): void {
  const { sum, count } = totals.get(key)!;
  // The mean of nothing would be 0 / 0, which is NaN: not a number.
  const mean = count === 0 ? "아직 측정값이 없습니다" : sum / count;
  console.log(`평균 ${name}: ${mean}`);
}

using stop = new StopSignal();
try {
  // 1. In the background, add up what comes: `false` lets the program go on.
  const options = { signal: stop.signal };
  const url = brokerUrl();
  await using feed = await subscribe(url, "iot/#", addValue, false, options);

  // 2. Meanwhile, do what the user chooses. The menu awaits a line and blocks
  // nothing. It ends with the last choice, the end of the input, or Ctrl-C.
  const menu = new Menu();
  for (const [name, key] of SENSORS) menu.add(name, () => printMean(name, key));
  menu.add("종료", menu.exit);
  await Promise.race([menu.run(), feed.client.refused]);
} catch (error) {
  exitWithError(error);
}
