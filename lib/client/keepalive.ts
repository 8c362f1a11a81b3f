import type { MqttClient } from "mqtt";

/**
 * Takes a connection for dead only when nothing at all has come for half a
 * keepalive after a ping.
 *
 * MQTT.js waits for the ping's answer alone. The answer may come late behind a
 * backlog of messages, or lie unread because a handler has kept the program busy:
 * then the next ping decides. A peer that is gone is still noticed within 1.5
 * keepalives (MQTT 3.1.1 section 3.1.2.10).
 */
export function watchSilence(client: MqttClient): void {
  const giveUp = client.onKeepaliveTimeout.bind(client);
  let hasHeard = false;
  let due = 0;

  const hear = () => hasHeard = true;

  client.on("packetsend", ({ cmd }) => {
    if (cmd !== "pingreq") return;
    hasHeard = false;
    // One packet is enough: to look at each of them would cost time.
    client.off("packetreceive", hear).once("packetreceive", hear);
    due = performance.now() + client.keepalive * 500;
  });
  client.onKeepaliveTimeout = () => {
    const wasBusy = performance.now() > due + client.keepalive * 250;
    if (hasHeard || wasBusy) client.sendPing();
    else giveUp();
  };
}
