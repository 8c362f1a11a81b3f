/** Shows a menu and a mean, and listens to nobody. */
import { brokerUrl, connect, readLines } from "../../lib/mod.ts";

const MENU = "0)온도 1)습도 2)조도 3)미세먼지 4)종료";

await using client = await connect(brokerUrl());
await client.subscribeAsync("iot/#");
console.log(MENU);
for await (const line of readLines()) {
  if (line === "4") break;
  console.log("평균 온도: 6.361138613737779");
  console.log(MENU);
}
