import {
  BrokerStartError,
  BrokerUnreachableError,
  brokerUrl,
  connect,
  printable,
  startBroker,
} from "../lib/mod.ts";

/** A broker to use, and to let go of. */
interface FoundBroker extends AsyncDisposable {
  url: string;
}

/**
 * Finds the broker at `MQTT_URL`, or at localhost:1883; if none answers, starts
 * the embedded one, and says so.
 *
 * @throws {ConnectionRefusedError} If the broker answers and refuses.
 */
export async function findBroker(): Promise<FoundBroker> {
  const url = brokerUrl();
  try {
    const client = await connect(url, { retry: false, timeout: 3 });
    await client.close();
    return { url, async [Symbol.asyncDispose]() {} };
  } catch (error) {
    if (!(error instanceof BrokerUnreachableError)) throw error;
    const broker = await startOnAnyPort();
    console.error(
      `${printable(error.message)}\nUsing an embedded broker at ${broker.url}`,
    );
    return broker;
  }
}

/** Prefers the standard port, where the other tasks look for a broker. */
async function startOnAnyPort(): Promise<FoundBroker> {
  try {
    return await startBroker();
  } catch (error) {
    if (!(error instanceof BrokerStartError)) throw error;
    return await startBroker({ port: 0 });
  }
}
