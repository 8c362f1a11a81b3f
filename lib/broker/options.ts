import type { BrokerLimits } from "./limits.ts";

/** Options of {@linkcode startBroker}. */
export interface BrokerOptions {
  /**
   * The name or address to listen on: `127.0.0.1` unless given, which other computers
   * can't reach; `0.0.0.0` lets them in.
   */
  host?: string | undefined;
  /**
   * The port for plain TCP, 0 for any free one. Unless given, it is 1883 without
   * `tls`, and with it there is none: no password is sent in the clear by mistake.
   */
  port?: number | undefined;
  /** The port for WebSocket, 0 for any free one; no WebSocket unless given. */
  websocketPort?: number | undefined;
  /** Listens with TLS, and without it only where a port is given. */
  tls?: BrokerTls | undefined;
  /**
   * Passwords by user name. As soon as there is one, everyone else is refused: with
   * CONNACK code 4 for a wrong name or password, 5 for none, and 3 if too many
   * passwords are to be checked (MQTT 3.1.1 section 3.2.2.3).
   */
  users?: Record<string, string> | undefined;
  /**
   * A file with more users and the hashes of their passwords, as
   * `mosquitto_passwd` writes it. Nobody else is let in, even if it names nobody. It is
   * read again when it has changed; whose password is no longer the same is cut.
   */
  passwordFile?: string | URL | undefined;
  /**
   * What is allowed: with rules, all else is forbidden. A filter of which nothing may
   * be read is refused with 128 (in MQTT 5.0 with 135), of another one only what may be
   * read is delivered. A forbidden message is dropped; MQTT 5.0 refuses it with 135,
   * and MQTT 3.1.1 has no way to (section 3.3.5).
   */
  rules?: TopicRule[] | undefined;
  /**
   * A file with more rules, in the format of mosquitto's `acl_file`. It is read again
   * when it has changed, and then holds for who is connected, too.
   */
  aclFile?: string | URL | undefined;
  /** What clients may take; each limit says what it is unless given. */
  limits?: BrokerLimits | undefined;
  /**
   * Where web pages may be from that connect by WebSocket, such as
   * `https://school.example`; `*` for anywhere. Always let in are programs other than
   * browsers, which name no origin (RFC 6455 section 10.2), and pages of the host that
   * they connect to, if that is `localhost` or an IP address.
   */
  origins?: string[] | undefined;
  /** Is given a line for each connection, refusal and loss; none unless given. */
  log?: ((line: string) => void) | undefined;
  /**
   * A folder to keep sessions and retained messages in; in memory unless given. It is
   * made if it isn't there, and belongs to one broker at a time.
   */
  store?: string | undefined;
  /**
   * Is given a line for what is hardly meant, such as that everyone on the network may
   * connect, or for a store that can't be written; it is `log` unless given.
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
 * What some clients of the embedded broker may do. In a topic filter, `%u` stands for
 * the client's user, `%c` for its client id. As in mosquitto, a user's own rules count
 * before those for everyone, and what is denied before what is allowed.
 */
export interface TopicRule {
  /** The user that the rule is for: everyone, unless given. */
  user?: string | undefined;
  /** Topic filters to publish on. */
  publish?: string[] | undefined;
  /** Topic filters to read. Who may read `iot/#` gets just that of `#`. */
  subscribe?: string[] | undefined;
  /** Topic filters neither to publish on nor to read. */
  deny?: string[] | undefined;
}

/** A client of the embedded broker, or one that is away and has a session. */
export interface BrokerClient {
  /** The client id, as a stranger may have chosen it. */
  readonly id: string;
  /** The user that it logged in as. */
  readonly user: string | undefined;
  /** Its connection; `undefined` while it is away. */
  readonly connection: BrokerConnection | undefined;
  /** What it is subscribed to, with the granted quality of service. */
  readonly subscriptions: {
    readonly filter: string;
    readonly qos: 0 | 1 | 2;
  }[];
  /** How many messages of QoS 1 and 2 it has yet to acknowledge. */
  readonly inFlight: number;
  /** How many messages wait until it may be sent more, or is back. */
  readonly waiting: number;
}

/** How a client of the embedded broker is connected. */
export interface BrokerConnection {
  /** The address and port that it comes from, such as `127.0.0.1:50000`. */
  readonly remote: string;
  /** 3 for MQTT 3.1, 4 for 3.1.1, 5 for MQTT 5. */
  readonly protocolVersion: 3 | 4 | 5;
  /** When its connection was accepted. */
  readonly since: Date;
}

/** A running embedded broker. Disposing of it closes it. */
export interface Broker extends AsyncDisposable {
  /**
   * Where MQTT over TCP is, such as `mqtt://127.0.0.1:1883`; without it, `tlsUrl`.
   */
  readonly url: string;
  /** The port of `url`. */
  readonly port: number;
  /** Where MQTT over WebSocket is, such as `ws://127.0.0.1:9001`. */
  readonly websocketUrl: string | undefined;
  /** Where MQTT over TLS is, such as `mqtts://127.0.0.1:8883`. */
  readonly tlsUrl: string | undefined;
  /** Where MQTT over secure WebSocket is, such as `wss://127.0.0.1:9443`. */
  readonly secureWebsocketUrl: string | undefined;
  /**
   * The clients as they are now: those that are connected, and those that are away and
   * have a session that is kept.
   */
  clients(): BrokerClient[];
  /**
   * Reads the password file and the ACL file again, as it does by itself seconds after
   * they have changed. One that can't be read is warned of, and changes nothing.
   */
  reloadAccess(): Promise<void>;
  /** Cuts all connections and stops listening. Doing it twice is no error. */
  close(): Promise<void>;
}
