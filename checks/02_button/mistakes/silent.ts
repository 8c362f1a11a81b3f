/** Breaks `connected`: doesn't say that it is connected. */
import { brokerUrl, Button, connect } from "../../lib/mod.ts";

const client = await connect(brokerUrl());
await using button = await Button.open();
for await (const _press of button) client.publish("exercice2", "clic");
