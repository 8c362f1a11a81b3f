import {
  brokerUrl,
  connect,
  ConnectionRefusedError,
  exitWithError,
} from "../../lib/mod.ts";

// What a broker of 3.1.1 answers to MQTT 5, and what one of MQTT 5 would.
const WRONG_VERSION = [1, 132];

/** Ends the program with a sentence if the broker doesn't speak MQTT 5. */
export async function requireMqtt5(): Promise<void> {
  try {
    await (await connect(brokerUrl(), { protocolVersion: 5 })).close();
  } catch (error) {
    const isRefusal = error instanceof ConnectionRefusedError;
    if (!isRefusal || !WRONG_VERSION.includes(error.code)) exitWithError(error);
    console.log(
      `Broker at ${error.address} doesn't speak MQTT 5: set MQTT_URL to one that does, such as mosquitto`,
    );
    Deno.exit(0);
  }
}
