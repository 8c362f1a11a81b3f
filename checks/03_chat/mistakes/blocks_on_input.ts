/** Breaks `prints`: while it waits for a line, nothing else can happen. */
import { brokerUrl, subscribe } from "../../lib/mod.ts";

const { client } = await subscribe(
  brokerUrl(),
  "exercice3",
  ({ text }) => console.log(`\t\t${text}`),
  false,
);
const buffer = new Uint8Array(1000);
for (;;) {
  const length = Deno.stdin.readSync(buffer);
  if (length === null) break;
  const line = new TextDecoder().decode(buffer.subarray(0, length)).trim();
  await client.publishAsync("exercice3", line);
}
