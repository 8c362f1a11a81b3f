/** Sends a line only if the connection stands already. */
import { brokerUrl, type Client, connect, readLines } from "../../lib/mod.ts";

let client: Client | undefined;
connect(brokerUrl()).then((connected) => client = connected);
for await (const line of readLines()) client?.publish("exercice3", line);
