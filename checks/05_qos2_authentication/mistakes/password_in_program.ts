/** Breaks `other-login`: user and password stand in the program. */
import { brokerUrl, Button, connect } from "../../lib/mod.ts";

const { hostname, port } = new URL(brokerUrl());
const client = await connect(`${hostname}:${port}`, {
  username: "info",
  password: "Password1234",
});
await using button = await Button.open();
for await (const _press of button) {
  await client.publishAsync("exercice5", "clic", { qos: 2 });
  console.log("Message envoyé");
}
