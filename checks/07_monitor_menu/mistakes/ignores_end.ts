/** Breaks `end-of-input`: no longer reads, but stays connected. */
import { brokerUrl, connect, readLines } from "../../lib/mod.ts";

const client = await connect(brokerUrl());
await client.subscribeAsync("iot/#");
console.log("0)온도 1)습도 2)조도 3)미세먼지 4)종료");
for await (const line of readLines()) {
  if (line === "4") await client.close();
}
