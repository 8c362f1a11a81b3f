/**
 * @title A monitor with a menu
 * @difficulty intermediate
 * @tags subscribe, background, CSV, menu, mean
 * @run deno run --allow-env --allow-net --allow-read=. --allow-write=. lessons/12_monitor_app/monitor_app.ts
 *
 * Records the sensors in the background, and prints the mean that the user wants.
 */
import { CsvRecorder } from "../../lib/csv.ts";
import { brokerUrl, ConnectionRefusedError, Menu } from "../../lib/mod.ts";
import { exitWithError, StopSignal, subscribe } from "../../lib/mod.ts";
import type { Message } from "../../lib/mod.ts";

const [file = "sensorvalues.csv"] = Deno.args;
const values = new Map<string, number[]>(
  ["temp", "humi", "illu", "dust"].map((key) => [key, []]),
);

function printMean(name: string, key: string): void {
  const numbers = values.get(key)!;
  const sum = numbers.reduce((sum, number) => sum + number, 0);
  const mean = sum / numbers.length;
  // The mean of nothing is 0 / 0, which is NaN: not a number.
  console.log(`평균 ${name}: ${isNaN(mean) ? "아직 측정값이 없습니다" : mean}`);
}

using stop = new StopSignal();
try {
  // 1. Open the file to append to. A full disk, one day, ends the program.
  const onFailure = exitWithError;
  await using recorder = await CsvRecorder.open(file, { onFailure });
  console.error(`Recording to ${await Deno.realPath(file)}`);

  // 2. In the background, record each value and keep it with those of its sensor.
  // What isn't a number throws here: it is reported, and goes no further.
  const onMessage = (message: Message) => {
    const value = message.number;
    recorder.record(message);
    values.get(message.topic.split("/").at(-1)!)?.push(value);
  };
  const onSubscribe = () => console.log("Connected with result code 0");
  const options = { onSubscribe, timeout: Infinity, signal: stop.signal };
  const url = brokerUrl();
  await using feed = await subscribe(url, "iot/#", onMessage, false, options);

  // 3. Meanwhile, do what the user chooses, until it is the last choice.
  const menu = new Menu();
  menu.add("온도", () => printMean("온도", "temp"));
  menu.add("습도", () => printMean("습도", "humi"));
  menu.add("조도", () => printMean("조도", "illu"));
  menu.add("미세먼지", () => printMean("미세먼지", "dust"));
  menu.add("종료", menu.exit);
  await Promise.race([menu.run(), feed.client.refused]);
} catch (error) {
  if (error instanceof ConnectionRefusedError) {
    console.log(`Connected with result code ${error.code}`);
    console.log(`연결 실패:  ${error.code}`);
  }
  exitWithError(error);
}
