/**
 * @title Say how long a session is kept
 * @difficulty advanced
 * @tags MQTT 5, clean start, session expiry interval
 * @run deno run --allow-env --allow-net lessons/16_connection_options/mqtt5_session.ts
 *
 * MQTT 5 splits the clean session in two: whether to start with an old session
 * (clean start), and for how many seconds to keep it afterwards.
 */
import mqtt from "mqtt";
import { brokerUrl, exitWithError, tracePackets } from "../../lib/mod.ts";
import { requireMqtt5 } from "./_require_mqtt5.ts";

/** Connects and disconnects. MQTT.js says `clean` to the clean start. */
async function visit(clean: boolean, sessionExpiryInterval: number) {
  const client = tracePackets(mqtt.connect(brokerUrl(), {
    protocolVersion: 5,
    clientId: "recorder5",
    clean,
    properties: { sessionExpiryInterval },
    reconnectPeriod: 0,
  }));
  client.on("error", exitWithError);
  client.on("connect", ({ sessionPresent }) => {
    console.log(
      `clean start ${clean}, kept for ${sessionExpiryInterval} s: ` +
        `session present ${sessionPresent}`,
    );
  });
  await new Promise<void>((resolve) => client.once("connect", () => resolve()));
  await client.endAsync();
}

await requireMqtt5();

// A new session, to be kept for a minute.
await visit(true, 60);

// Back within the minute: it is there. From now on, it is kept for a second.
await visit(false, 1);

// Back too late: it is gone. A session that is kept for 0 s ends at once.
await new Promise((resolve) => setTimeout(resolve, 3000));
await visit(false, 0);
