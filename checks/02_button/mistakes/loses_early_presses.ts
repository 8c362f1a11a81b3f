/** Publishes only if the connection stands already. */
import { brokerUrl, Button, type Client, connect } from "../../lib/mod.ts";

let client: Client | undefined;
connect(brokerUrl()).then((connected) => client = connected);
await using button = await Button.open();
for await (const _press of button) client?.publish("exercice2", "clic");
