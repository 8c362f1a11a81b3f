import { assert, assertEquals } from "@std/assert";
import { within } from "../../testing/deadline.ts";
import { usedMemory } from "../../testing/memory.ts";
import {
  openRaw,
  publishPacket,
  rawPacket,
  TYPE,
} from "../../testing/clients/raw_client.ts";
import { listen } from "../../testing/brokers/scripts.ts";
import { times } from "../../testing/test.ts";

const COUNT = 100_000;
const BATCH = 100;
const PAYLOAD = "x".repeat(1000);
const MOST_UNACKNOWLEDGED = 65_000;
const BOUND = 24 * 1024 * 1024;

/** A server that sends a subscriber a burst as fast as its connection takes it. */
interface Burst extends AsyncDisposable {
  url: string;
  /** Waits until the subscriber has sent so many pings. */
  pinged(count: number): Promise<void>;
}

function startBurst(qos: 0 | 1): Burst {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  let unacknowledged = 0;
  let pings = 0;
  let changed = Promise.withResolvers<void>();
  const until = async (condition: () => boolean) => {
    while (!condition()) await changed.promise;
  };

  async function serve(): Promise<void> {
    await using connection = await openRaw(await listener.accept());
    const { send } = connection;
    let sending: Promise<void> | undefined;
    for (;;) {
      const packet = await connection.next();
      if (packet === undefined) break;
      const { header, body } = packet;
      if (header === TYPE.CONNECT) {
        await send(rawPacket(TYPE.CONNACK, Uint8Array.of(0, 0)));
      } else if (header === TYPE.SUBSCRIBE) {
        await send(
          rawPacket(TYPE.SUBACK, Uint8Array.of(body[0]!, body[1]!, qos)),
        );
        sending = sendAll(send);
      } else if (header === TYPE.PUBACK) {
        unacknowledged--;
      } else if (header === TYPE.PINGREQ) {
        pings++;
      } else if (header === TYPE.DISCONNECT) {
        break;
      }
      changed.resolve();
      changed = Promise.withResolvers();
    }
    await sending;
  }

  async function sendAll(
    send: (...packets: Uint8Array[]) => Promise<void>,
  ): Promise<void> {
    for (let first = 0; first < COUNT; first += BATCH) {
      await until(() => unacknowledged <= MOST_UNACKNOWLEDGED);
      if (qos === 1) unacknowledged += BATCH;
      await send(
        ...times(BATCH, (index) =>
          publishPacket({
            topic: "iot/x",
            payload: `${first + index} ${PAYLOAD}`,
            qos,
            id: (first + index) % 65_535 + 1,
          })),
      );
    }
  }

  const served = serve();
  const { port } = listener.addr;
  return {
    url: `mqtt://127.0.0.1:${port}`,
    pinged: (count) => until(() => pings >= count),
    async [Symbol.asyncDispose]() {
      listener.close();
      await served;
    },
  };
}

for (const qos of [0, 1] as const) {
  Deno.test(`subscribe() holds little of a burst of 100,000 messages of QoS ${qos} for a slow handler`, async () => {
    await using burst = startBurst(qos);
    const before = usedMemory();
    let most = 0;
    const lookAtMemory = () => most = Math.max(most, usedMemory() - before);
    const release = Promise.withResolvers<void>();
    const all = Promise.withResolvers<void>();
    let handled = 0;
    let isInOrder = true;
    await using _subscription = await listen(burst, async ({ text }) => {
      await release.promise;
      isInOrder &&= parseInt(text) === handled;
      if (++handled % 25_000 === 0) lookAtMemory();
      if (handled % 100 === 0) await new Promise(setImmediate);
      if (handled === COUNT) all.resolve();
    }, { qos, keepalive: 1 });
    // By the second ping of a reader that waits, it has read what it can hold.
    await within("pings", burst.pinged(2));
    lookAtMemory();
    release.resolve();
    await within("all messages", all.promise, 30_000);
    assert(isInOrder);
    assertEquals(handled, COUNT);
    assert(most < BOUND, `${most} bytes of the burst's 100 MB were held`);
  });
}
