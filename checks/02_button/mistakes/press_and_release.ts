/** Publishes at each change, also when the button goes up. */
import { brokerUrl, connect } from "../../lib/mod.ts";
import { PigpioConnection } from "../../lib/inputs/pigpio.ts";
import { parsePigpioUrl } from "../../lib/inputs/pigpio_url.ts";

const url = parsePigpioUrl("Button", Deno.env.get("BUTTON")!, "pigpio://pi/26");
const client = await connect(brokerUrl());
console.log("Connecté");
const commands = await PigpioConnection.open(url);
const reports = await PigpioConnection.open(url);
const { result: handle } = await reports.command("NOIB");
await commands.command("NB", [handle, 1 << 26]);
for (;;) {
  await reports.report();
  client.publish("exercice2", "clic");
}
