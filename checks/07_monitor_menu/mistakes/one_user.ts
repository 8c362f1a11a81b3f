/** Breaks `means`: takes the values of one user only. */
import { brokerUrl, exitWithError, Menu } from "../../lib/mod.ts";
import { type Message, StopSignal, subscribe } from "../../lib/mod.ts";

const SENSORS = [
  ["온도", "temp"],
  ["습도", "humi"],
  ["조도", "illu"],
  ["미세먼지", "dust"],
] as const;

const totals = new Map(
  SENSORS.map(([, key]) => [key as string, { sum: 0, count: 0 }]),
);

function addValue(message: Message): void {
  const total = totals.get(message.topic.replace("iot/user1/", ""));
  if (total === undefined) return;
  const value = message.number;
  total.sum += value;
  total.count++;
}

function printMean(name: string, key: string): void {
  const { sum, count } = totals.get(key)!;
  const mean = count === 0 ? "아직 측정값이 없습니다" : sum / count;
  console.log(`평균 ${name}: ${mean}`);
}

using stop = new StopSignal();
try {
  const options = { signal: stop.signal };
  const url = brokerUrl();
  await using feed = await subscribe(url, "iot/#", addValue, false, options);

  const menu = new Menu();
  for (const [name, key] of SENSORS) menu.add(name, () => printMean(name, key));
  menu.add("종료", menu.exit);
  await Promise.race([menu.run(), feed.client.refused]);
} catch (error) {
  exitWithError(error);
}
