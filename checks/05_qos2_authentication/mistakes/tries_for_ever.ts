/** Breaks `refused`: tries the same password again and again. */
import { brokerUrl, Button, type Client, connect } from "../../lib/mod.ts";

let client: Client | undefined;
while (client === undefined) {
  client = await connect(brokerUrl()).catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 1000));
}
await using button = await Button.open();
for await (const _press of button) {
  await client.publishAsync("exercice5", "clic", { qos: 2 });
  console.log("Message envoyé");
}
