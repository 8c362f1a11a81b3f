import type { BrokerLimits } from "./broker/limits.ts";
export type { BrokerLimits };
export { BrokerStartError } from "./broker/start_error.ts";
export { BrokerStoreError } from "./broker/store_error.ts";

/** Options of {@linkcode startBroker}. */
export interface BrokerOptions {
  /**
   * The name or address to listen on. `127.0.0.1` unless given, which other
   * computers can't reach; `0.0.0.0` lets them in.
   */
  host?: string | undefined;
  /** The port for plain TCP: 1883 unless given, 0 for any free one. */
  port?: number | undefined;
  /** The port for WebSocket, 0 for any free one; no WebSocket unless given. */
  websocketPort?: number | undefined;
  /** Listens with TLS, too. */
  tls?: BrokerTls | undefined;
  /**
   * Passwords by user name. As soon as there is one, everyone else is refused:
   * with CONNACK code 4 for a wrong name or password, and 5 for none (MQTT
   * 3.1.1 section 3.2.2.3).
   */
  users?: Record<string, string> | undefined;
  /**
   * A file with more users and the hashes of their passwords, which
   * `deno task broker:passwd` and `mosquitto_passwd` write. Nobody else is let
   * in, even if it names nobody. It is read once, at the start.
   */
  passwordFile?: string | URL | undefined;
  /**
   * What is allowed: with rules, all else is forbidden. A SUBSCRIBE to a filter
   * of which nothing may be read is refused with 128, and of any other only
   * what may be read is delivered. A forbidden PUBLISH is acknowledged and
   * dropped, since MQTT 3.1.1 has no way to refuse one (section 3.3.5).
   */
  rules?: TopicRule[] | undefined;
  /**
   * A file with more rules, in the format of mosquitto's `acl_file` (man page
   * mosquitto.conf). It is read once, at the start.
   */
  aclFile?: string | URL | undefined;
  /** What clients may take; each limit says what it is unless given. */
  limits?: BrokerLimits | undefined;
  /**
   * Where web pages may be from that connect by WebSocket, such as
   * `https://school.example`; `*` for anywhere. Always let in are programs other
   * than browsers, which name no origin (RFC 6455 section 10.2), and pages of
   * the host that they connect to, if that is `localhost` or an IP address. All
   * other pages are refused with the HTTP status 403.
   */
  origins?: string[] | undefined;
  /** Is given a line for each connection, refusal and loss; none unless given. */
  log?: ((line: string) => void) | undefined;
  /**
   * A folder to keep sessions and retained messages in, so that they outlive
   * the broker; in memory unless given. It is made if it isn't there, and
   * belongs to one broker at a time.
   */
  store?: string | undefined;
  /**
   * Is given a line for what is hardly meant, such as that everyone on the
   * network may connect, and when the store can't be written, as on a full disk,
   * and can again: until then nothing is acknowledged. It is `log` unless given.
   */
  warn?: ((line: string) => void) | undefined;
}

/** TLS for {@linkcode startBroker}. */
export interface BrokerTls {
  /** The certificate in PEM, followed by those of its chain. */
  cert: string;
  /** The certificate's key in PEM, without a passphrase. */
  key: string;
  /** The port for TLS: 8883 unless given, 0 for any free one. */
  port?: number | undefined;
  /** The port for secure WebSocket, 0 for any; none unless given. */
  websocketPort?: number | undefined;
}

/**
 * What some clients of the embedded broker may do. In a topic filter, `%u`
 * stands for the client's user, and `%c` for its client id. As in mosquitto, a
 * user's own rules count before those for everyone, and in each of the two what
 * is denied counts before what is allowed.
 */
export interface TopicRule {
  /** The user that the rule is for: everyone, unless given. */
  user?: string | undefined;
  /** Topic filters to publish on. */
  publish?: string[] | undefined;
  /**
   * Topic filters to read. Who may read `iot/#` and subscribes to `#` gets what
   * `iot/#` lets through.
   */
  subscribe?: string[] | undefined;
  /** Topic filters neither to publish on nor to read. */
  deny?: string[] | undefined;
}

/** A running embedded broker. Disposing of it closes it. */
export interface Broker extends AsyncDisposable {
  /** Where MQTT over TCP is, such as `mqtt://127.0.0.1:1883`. */
  readonly url: string;
  /** The port for MQTT over TCP. */
  readonly port: number;
  /** Where MQTT over WebSocket is, such as `ws://127.0.0.1:9001`. */
  readonly websocketUrl: string | undefined;
  /** Where MQTT over TLS is, such as `mqtts://127.0.0.1:8883`. */
  readonly tlsUrl: string | undefined;
  /** Where MQTT over secure WebSocket is, such as `wss://127.0.0.1:9443`. */
  readonly secureWebsocketUrl: string | undefined;
  /** Cuts all connections and stops listening. Doing it twice is no error. */
  close(): Promise<void>;
}

/**
 * Starts an MQTT 3.1.1 broker inside this program, to learn and to test with:
 * no other program has to be installed. Sessions, retained messages and what
 * waits for clients are kept in memory and end with it. A client that breaks the
 * protocol, or is over a limit that has no gentler answer, is cut.
 *
 * With a `store` they are in a folder, too: no PUBACK, PUBREC, PUBCOMP or SUBACK
 * is sent before the disk has what it confirms. A broker that is killed, or whose
 * computer loses its power, goes on from there, and at QoS 2 a message still
 * arrives once, if the clients come back to their sessions. Not kept are messages
 * of QoS 0 on their way, and the wills of clients that were connected when the
 * broker was killed. A broker that is closed publishes these.
 *
 * @example A broker for a test
 * ```ts
 * import { startBroker } from "./mod.ts";
 * import { assertEquals } from "@std/assert";
 * import mqtt from "mqtt";
 *
 * await using broker = await startBroker({ port: 0 });
 * const client = await mqtt.connectAsync(broker.url);
 * const [granted] = await client.subscribeAsync("iot/#", { qos: 1 });
 * assertEquals(granted?.qos, 1);
 * await client.endAsync();
 * ```
 *
 * @example Users who may publish only on their own topics
 * ```ts
 * import { startBroker } from "./mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await using broker = await startBroker({
 *   port: 0,
 *   users: { ann: "secret", bob: "hidden" },
 *   rules: [{ publish: ["iot/%u/#"], subscribe: ["iot/#"] }],
 * });
 * assertEquals(broker.websocketUrl, undefined);
 * ```
 *
 * @example A retained message that outlives its broker
 * ```ts
 * import { messages, publishOnce, startBroker } from "./mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const store = await Deno.makeTempDir();
 * {
 *   await using broker = await startBroker({ port: 0, store });
 *   const message = { topic: "iot/door", payload: "open", retain: true };
 *   await publishOnce(broker.url, message);
 * }
 * {
 *   await using broker = await startBroker({ port: 0, store });
 *   for await (const message of messages(broker.url, "iot/#")) {
 *     assertEquals(message.text, "open");
 *     break;
 *   }
 * }
 * await Deno.remove(store, { recursive: true });
 * ```
 *
 * @example Users and rules in files that mosquitto reads, too
 * ```ts
 * import { connect, ConnectionRefusedError, startBroker } from "./mod.ts";
 * import { assertRejects } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * await Deno.writeTextFile(`${folder}/passwords`, "# nobody yet\n");
 * await Deno.writeTextFile(`${folder}/acl`, "pattern write iot/%u/#\n");
 * await using broker = await startBroker({
 *   port: 0,
 *   passwordFile: `${folder}/passwords`,
 *   aclFile: `${folder}/acl`,
 * });
 * await assertRejects(() => connect(broker.url), ConnectionRefusedError);
 * await Deno.remove(folder, { recursive: true });
 * ```
 *
 * @param options Where to listen, and who may do what.
 * @returns The broker, once it accepts connections.
 * @throws {RangeError} If a port isn't 0 to 65535, or a limit can't be one.
 * @throws {TypeError} If the host or the store is empty, the certificate or key
 * can't be used, an origin isn't one, a rule has an invalid filter or an unknown
 * user, or the password file or the ACL file can't be read.
 * @throws {BrokerStartError} If it can't listen; nothing is left open then.
 * @throws {BrokerStoreError} If the store can't be used.
 */
export async function startBroker(
  options: BrokerOptions = {},
): Promise<Broker> {
  // A program that only publishes or subscribes needn't load a broker.
  const { openBroker } = await import("./broker/open.ts");
  return await openBroker(options);
}
