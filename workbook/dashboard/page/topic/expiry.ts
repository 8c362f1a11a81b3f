import type { TopicMessage } from "../../protocol.ts";

/**
 * For how long a message is still to be delivered to who subscribes anew: its
 * `messageExpiryInterval` without the time that has passed since it came.
 *
 * @param now In milliseconds, by the server's clock.
 * @returns Milliseconds, negative once it is over; nothing if the message has none.
 */
export function remainingExpiry(
  { time, properties }: TopicMessage,
  now: number,
): number | undefined {
  const found = properties.find(([name]) => name === "messageExpiryInterval");
  return found && Number(found[1]) * 1000 - (now - time);
}
