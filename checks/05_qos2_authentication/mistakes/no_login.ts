/** Breaks `logs-in`: takes the broker's name and port, but not the login. */
import { brokerUrl, Button, connect } from "../../lib/mod.ts";

const { hostname, port } = new URL(brokerUrl());
const client = await connect(`${hostname}:${port}`);
await using button = await Button.open();
for await (const _press of button) {
  await client.publishAsync("exercice5", "clic", { qos: 2 });
  console.log("Message envoyé");
}
