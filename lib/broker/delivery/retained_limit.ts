import type { Limits } from "../limits.ts";
import type { Retained } from "../store/records.ts";
import { createTally } from "../tally.ts";

type Sized = Pick<Retained, "topic" | "payload">;

/** Counts the retained messages. */
export interface RetainedLimit {
  /** Whether a message may be kept, in place of its topic's last one. */
  hasRoomFor(message: Sized): boolean;
  /** Counts a message that is kept; an empty one takes the last one away. */
  count(message: Sized): void;
}

/** Keeps to the limits on retained messages. */
export function createRetainedLimit(
  { maxRetainedMessages, maxRetainedBytes }: Limits,
  log: (line: string) => void,
): RetainedLimit {
  const sizes = new Map<string, number>();
  let bytes = 0;
  const refuse = createTally((count) =>
    log(
      `Retained messages not kept so far: ${count} (maxRetainedMessages is ${maxRetainedMessages}, maxRetainedBytes ${maxRetainedBytes})`,
    )
  );
  const growth = ({ topic, payload }: Sized) =>
    sizeOf(topic, payload) - (sizes.get(topic) ?? 0);
  return {
    hasRoomFor(message) {
      const hasPlace = sizes.has(message.topic) ||
        sizes.size < maxRetainedMessages;
      if (hasPlace && bytes + growth(message) <= maxRetainedBytes) return true;
      refuse();
      return false;
    },
    count(message) {
      const { topic, payload } = message;
      bytes += growth(message);
      if (payload.length === 0) sizes.delete(topic);
      else sizes.set(topic, sizeOf(topic, payload));
    },
  };
}

function sizeOf(topic: string, payload: Uint8Array): number {
  return payload.length === 0 ? 0 : topic.length + payload.length;
}
