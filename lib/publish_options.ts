import type { PublishProperties } from "./properties.ts";

/** How a message is published. */
export interface PublishOptions {
  /** The quality of service, 0 unless given. */
  qos?: 0 | 1 | 2;
  /** Whether the broker keeps the message for later subscribers. */
  retain?: boolean;
  /** What the message carries beside its payload in MQTT 5 (section 3.3.2.3). */
  properties?: PublishProperties;
}
