/** Breaks `end-of-input`: goes on listening when nobody can type any more. */
import { brokerUrl, readLines, subscribe } from "../../lib/mod.ts";

const { client } = await subscribe(
  brokerUrl(),
  "exercice3",
  ({ text }) => console.log(`\t\t${text}`),
  false,
);
for await (const line of readLines()) client.publish("exercice3", line);
await client.refused;
