/** Breaks `empty-line`: sends all that is typed. */
import { brokerUrl, readLines, subscribe } from "../../lib/mod.ts";

const { client } = await subscribe(
  brokerUrl(),
  "exercice3",
  ({ text }) => console.log(`\t\t${text}`),
  false,
);
for await (const line of readLines()) client.publish("exercice3", line);
