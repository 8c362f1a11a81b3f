import { createClient } from "./client/connection.ts";
import { whenConnected } from "./client/when_connected.ts";
import type { Client, ConnectOptions } from "./client/options.ts";

export type { CloseOptions } from "./client/options.ts";
export type {
  Client,
  ConnectOptions,
  MqttClient,
  Will,
} from "./client/options.ts";
export type { TlsOptions } from "./client/stream.ts";
export type {
  ConnectProperties,
  UserProperties,
  WillProperties,
} from "./properties.ts";

/**
 * Connects to a broker: what paho's `connect` does (documents ko §1, en "Initiate and
 * create connection"). `host` is a name, `name:port` or a URL (`mqtt`, `mqtts`, `ws`,
 * `wss`), or several names with commas; `MQTT_URL`, then localhost, unless given.
 *
 * A broker that can't be reached is tried again, with a growing pause, until
 * `timeout` or `signal`. Once connected, a lost connection is restored in the same
 * way, for as long as it takes. So is one on which something comes that isn't MQTT:
 * it is closed (MQTT 3.1.1 section 4.8), and the log says so.
 *
 * @example Connecting, publishing, and closing
 * ```ts
 * import { connect, startBroker } from "./mod.ts";
 * import { assert } from "@std/assert";
 *
 * await using broker = await startBroker({ port: 0 });
 * await using client = await connect(broker.url, { clientId: "greeter" });
 * await client.publishAsync("iot/greeting", "Hello world!", { qos: 1 });
 * assert(client.connected);
 * ```
 *
 * @throws {ConnectionRefusedError} If the broker refuses: code and reason say why.
 * @throws {BrokerUnreachableError} If it can't be reached in time.
 * @throws {TypeError | RangeError} If the host or an option isn't valid.
 */
export async function connect(
  host?: string,
  options: ConnectOptions = {},
): Promise<Client> {
  const client = await createClient(host, options);
  try {
    await whenConnected(client, options);
    return client;
  } catch (error) {
    await client.close();
    throw error;
  }
}
