import type { Client } from "../../lib/connect.ts";
import type { Publisher } from "../../lib/publisher.ts";
import type { StopSignal } from "../../lib/stop_signal.ts";
import type { Payloads } from "./message_source.ts";

/** What {@linkcode publishAll} publishes, and how. */
interface PublishAllOptions {
  /** The payloads, in the order in which they are published. */
  payloads: Payloads;
  /** Publishes one of them. */
  publish: (payload: Uint8Array) => Promise<void>;
  /** Ends it after the payload in hand, and what is in flight. */
  stop: Pick<StopSignal, "requested" | "signal">;
  /** Seconds that a lost broker has to come back in at the end; 30 by default. */
  returnTimeout?: number;
}

/**
 * Publishes payloads no faster than the connection takes them, waits until the
 * broker has them all, and disconnects. While there is more to read, a lost
 * broker is waited for without end.
 *
 * @throws {AggregateError} If some were not published before the end.
 * @throws {PublishError} The first failure, after which nothing is read.
 */
export async function publishAll(
  publisher: Publisher,
  options: PublishAllOptions,
): Promise<void> {
  const { payloads, publish, stop, returnTimeout = 30 } = options;
  const failed = Promise.withResolvers<never>();
  const publishEach = async () => {
    for await (const batch of payloads) {
      for (const payload of batch) {
        await publisher.ready;
        if (stop.signal.aborted) return;
        publish(payload).catch(failed.reject);
      }
    }
  };
  try {
    await Promise.race([publishEach(), stop.requested, failed.promise]);
    if (!stop.signal.aborted) {
      // Closed before its time, it rejects what waits, and so ends the flush.
      stop.requested.then(() => publisher.client.close());
      using _deadline = closeWhenGone(publisher.client, returnTimeout);
      await publisher.flush();
    }
    await publisher.close();
  } finally {
    await publisher.client.close();
  }
}

/** Closes the client once it has been without a connection for so many seconds. */
function closeWhenGone(client: Client, seconds: number): Disposable {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wait = () => {
    timer ??= setTimeout(() => client.close(), seconds * 1000);
  };
  const stop = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  client.on("close", wait).on("connect", stop);
  if (!client.connected) wait();
  return {
    [Symbol.dispose]() {
      stop();
      client.off("close", wait).off("connect", stop);
    },
  };
}
