/**
 * A line between a publisher and its broker that can be cut.
 *
 * @module
 */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { brokerAddress } from "../../lib/mod.ts";

/** A TCP relay on this computer. Disposing of it closes it. */
export interface Relay extends AsyncDisposable {
  /** The broker's address, through the relay. */
  url: string;
  /** From now on, what the broker answers stays in the relay. */
  holdAnswers(): void;
  /** From now on, what the publisher sends stays in the relay. */
  holdMessages(): void;
  /**
   * Resets the publisher's connection; what was held is gone. Resolves once the
   * broker has read all that was passed on. The next connection is whole again.
   */
  cut(): Promise<void>;
}

/**
 * Starts a relay that passes on bytes and knows nothing of MQTT.
 *
 * @param broker The broker's address, a URL of mqtt.
 * @returns The relay, listening on a free port of loopback.
 * @throws {TypeError | RangeError} If the address isn't one of mqtt.
 */
export async function startRelay(broker: string): Promise<Relay> {
  const { protocol, hostname, port, label, url } = brokerAddress(broker);
  if (protocol !== "mqtt") {
    throw new TypeError(
      `Broker at ${label} is one of ${protocol}: the relay needs one of mqtt`,
    );
  }
  let publisherSide: Socket | undefined;
  let brokerSide: Socket | undefined;
  const server = createServer((socket) => {
    publisherSide = socket.setNoDelay();
    brokerSide = connect(port, hostname).setNoDelay();
    joinSockets(publisherSide, brokerSide);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const own = `127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url: url.replace(label, own),
    holdAnswers: () => brokerSide?.unpipe().pause(),
    holdMessages: () => publisherSide?.unpipe().pause(),
    async cut() {
      publisherSide?.resetAndDestroy();
      if (brokerSide === undefined || brokerSide.destroyed) return;
      // The broker closes its end once it has read to the end of ours.
      brokerSide.unpipe().resume().end();
      await once(brokerSide, "close");
    },
    async [Symbol.asyncDispose]() {
      publisherSide?.destroy();
      brokerSide?.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** Passes on what each side sends; if one side breaks, so does the other. */
function joinSockets(one: Socket, other: Socket): void {
  for (const [from, to] of [[one, other], [other, one]] as const) {
    from.pipe(to);
    from.on("error", () => to.destroy());
  }
}
