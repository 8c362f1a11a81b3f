import { Buffer } from "node:buffer";
import type { RetainedMessages } from "./delivery/retained.ts";
import type { Router } from "./delivery/router.ts";
import type { Figures } from "./figures.ts";
import type { Sessions } from "./sessions.ts";
import { NO_BYTES } from "./wire/properties.ts";
import { type Topic, topicOf } from "./wire/topics.ts";

const VERSION = "MQTT workbook for Deno";

interface SystemTopicsOptions {
  figures: Figures;
  retained: RetainedMessages;
  router: Router;
  sessions: Sessions;
  /** How often, in milliseconds: every ten seconds unless given. */
  interval?: number;
}

/**
 * Publishes from time to time how the broker is, on the topics that mosquitto has
 * for it (man page mosquitto, "broker status").
 */
export function publishSystemTopics(
  { figures, retained, router, sessions, interval = 10_000 }:
    SystemTopicsOptions,
): () => void {
  const start = Date.now();
  const topics = new Map<string, Topic>();
  const last = new Map<string, string>();
  let mostConnected = 0;

  function publish(name: string, value: string | number): void {
    const text = `${value}`;
    if (last.get(name) === text) return;
    last.set(name, text);
    let topic = topics.get(name);
    if (topic === undefined) {
      topics.set(name, topic = topicOf(`$SYS/broker/${name}`));
    }
    const message = {
      topic,
      payload: Buffer.from(text),
      qos: 0,
      retain: true,
      properties: NO_BYTES,
      expiresAt: Infinity,
    } as const;
    retained.put(message);
    router.send(message);
  }
  function publishAll(): void {
    const all = sessions.all;
    const connected = all.filter(({ isConnected }) => isConnected).length;
    mostConnected = Math.max(mostConnected, connected);
    const subscriptions = all.reduce(
      (sum, { subscriptions: { size } }) => sum + size,
      0,
    );
    const seconds = Math.floor((Date.now() - start) / 1_000);
    publish("version", VERSION);
    publish("uptime", `${seconds} seconds`);
    publish("clients/connected", connected);
    publish("clients/disconnected", all.length - connected);
    publish("clients/total", all.length);
    publish("clients/maximum", mostConnected);
    publish("subscriptions/count", subscriptions);
    publish("retained messages/count", retained.count);
    publish("messages/received", figures.packetsReceived);
    publish("messages/sent", figures.packetsSent);
    publish("bytes/received", figures.bytesReceived);
    publish("bytes/sent", figures.bytesSent);
    publish("publish/messages/received", figures.messagesReceived);
    publish("publish/messages/sent", router.sent);
  }
  publishAll();
  const timer = setInterval(publishAll, interval);
  return () => clearInterval(timer);
}
