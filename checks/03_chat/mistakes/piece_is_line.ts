/** Breaks `publishes`: takes what one read gives for a line. */
import { brokerUrl, subscribe } from "../../lib/mod.ts";

const { client } = await subscribe(
  brokerUrl(),
  "exercice3",
  ({ text }) => console.log(`\t\t${text}`),
  false,
);
for await (const bytes of Deno.stdin.readable) {
  const lines = new TextDecoder().decode(bytes).trimEnd().split("\n");
  for (const line of lines) await client.publishAsync("exercice3", line);
}
