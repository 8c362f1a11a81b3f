/** Waits for the input in a way that stops all else. */
import { brokerUrl, connect, Message } from "../../lib/mod.ts";

const SENSORS = [
  ["온도", "temp"],
  ["습도", "humi"],
  ["조도", "illu"],
  ["미세먼지", "dust"],
] as const;
const values = new Map<string, number[]>(SENSORS.map(([, key]) => [key, []]));

await using client = await connect(brokerUrl());
client.on("message", (topic, payload, packet) => {
  const { number } = new Message(topic, payload, packet);
  values.get(topic.split("/").at(-1)!)?.push(number);
});
await client.subscribeAsync("iot/#");

const buffer = new Uint8Array(100);
for (;;) {
  console.log("0)온도 1)습도 2)조도 3)미세먼지 4)종료");
  const length = Deno.stdin.readSync(buffer);
  if (length === null) break;
  const choice = new TextDecoder().decode(buffer.subarray(0, length));
  const [name, key] = SENSORS[Number(choice)] ?? [];
  if (name === undefined || key === undefined) break;
  const numbers = values.get(key)!;
  const sum = numbers.reduce((sum, number) => sum + number, 0);
  const mean = numbers.length === 0
    ? "아직 측정값이 없습니다"
    : sum / numbers.length;
  console.log(`평균 ${name}: ${mean}`);
  // What has come meanwhile is taken now, after the answer.
  await new Promise((resolve) => setTimeout(resolve, 20));
}
