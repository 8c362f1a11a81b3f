/** Breaks `publishes`: reads the bytes of a line as Latin-1. */
import { createInterface } from "node:readline";
import process from "node:process";
import { brokerUrl, subscribe } from "../../lib/mod.ts";

const { client } = await subscribe(
  brokerUrl(),
  "exercice3",
  ({ text }) => console.log(`\t\t${text}`),
  false,
);
process.stdin.setEncoding("latin1");
for await (const line of createInterface({ input: process.stdin })) {
  client.publish("exercice3", line);
}
