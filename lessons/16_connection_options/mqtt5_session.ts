/**
 * @title Say how long a session is kept
 * @difficulty advanced
 * @tags MQTT 5, clean start, session expiry interval
 * @run deno run --allow-env --allow-net lessons/16_connection_options/mqtt5_session.ts
 *
 * MQTT 5 splits the clean session in two: whether to start with an old session
 * (clean start), and for how many seconds to keep it afterwards.
 */
import { brokerUrl, connect, exitWithError } from "../../lib/mod.ts";

/** Connects and disconnects. `clean` stands for the clean start. */
async function visit(clean: boolean, sessionExpiryInterval: number) {
  const client = await connect(brokerUrl(), {
    protocolVersion: 5,
    clientId: "recorder5",
    clean,
    properties: { sessionExpiryInterval },
  });
  console.log(
    `clean start ${clean}, kept for ${sessionExpiryInterval} s: ` +
      `session present ${client.sessionPresent}`,
  );
  await client.close();
}

try {
  // A new session, to be kept for a minute.
  await visit(true, 60);

  // Back within the minute: it is there. From now on, it is kept for a second.
  await visit(false, 1);

  // Back too late: it is gone. A session that is kept for 0 s ends at once.
  await new Promise((resolve) => setTimeout(resolve, 3000));
  await visit(false, 0);
} catch (error) {
  exitWithError(error);
}
