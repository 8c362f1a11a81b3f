/** Breaks `refused`: ends as if all were well. */
import { brokerUrl, Button, connect } from "../../lib/mod.ts";

const client = await connect(brokerUrl()).catch((error) => {
  console.error(error.message);
  Deno.exit(0);
});
await using button = await Button.open();
for await (const _press of button) {
  await client.publishAsync("exercice5", "clic", { qos: 2 });
  console.log("Message envoyé");
}
