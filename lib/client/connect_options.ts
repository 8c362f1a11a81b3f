import type * as mqtt from "mqtt";
import type { CloseOptions } from "./close_options.ts";
import type { TlsOptions } from "./stream.ts";
import type { ConnectProperties, WillProperties } from "../properties.ts";

/** MQTT.js's client class, which students learn and the toolkit builds on. */
export type MqttClient = mqtt.MqttClient;

/**
 * MQTT.js's own client with an end. `close()` (or `await using`) lets what is in flight
 * finish, sends DISCONNECT and ends within its timeout, also while offline; whatever
 * is still pending then is rejected. `refused` never resolves, and rejects with a
 * {@linkcode ConnectionRefusedError} if the broker doesn't take the client back after
 * a lost connection; if nobody has asked for it, the refusal is logged.
 * `sessionPresent` says whether the broker has resumed a session from before, with
 * what waited in it (MQTT 3.1.1 section 3.2.2.2). `reconnect()` connects again at
 * once, also if the broker is silent, and what is in flight goes on.
 */
export type Client = MqttClient & AsyncDisposable & {
  readonly refused: Promise<never>;
  readonly sessionPresent: boolean;
  close(options?: CloseOptions): Promise<void>;
};

/** A message that the broker publishes when the client dies (paho: `will_set`). */
export interface Will {
  /** The topic to publish on. */
  topic: string;
  /** The payload, text or bytes. */
  payload: string | Uint8Array;
  /** The quality of service, 0 unless given. */
  qos?: 0 | 1 | 2;
  /** Whether the broker keeps the message for later subscribers. */
  retain?: boolean;
  /** Its properties in MQTT 5, with the will delay (section 3.1.3.2). */
  properties?: WillProperties;
}

/** Options of {@linkcode connect}, named as MQTT.js names them. */
export interface ConnectOptions {
  /** The client id; a random one unless given. */
  clientId?: string | undefined;
  /**
   * Whether the session ends with the connection, true unless given. Only one that
   * outlives it (`false`, with a `clientId`) keeps what is published while a subscriber
   * is away, and what is in flight at QoS 2. MQTT 5 calls it clean start (section
   * 3.1.2.4), and keeps a session for `properties.sessionExpiryInterval`.
   */
  clean?: boolean;
  /**
   * Seconds after which a ping is sent; 60 unless given, 0 for none. A broker that is
   * silent for half as long again is taken for gone, and the connection restored (MQTT
   * 3.1.1 section 3.1.2.10).
   */
  keepalive?: number;
  /** The user's name. */
  username?: string | undefined;
  /** The user's password. */
  password?: string | undefined;
  /** The message that the broker publishes when this client dies. */
  will?: Will;
  /** Certificates; given, a connection to `mqtt://` or `ws://` uses TLS. */
  tls?: TlsOptions;
  /** `websocket` speaks MQTT over WebSocket; `tcp` unless the URL says otherwise. */
  transport?: "tcp" | "websocket";
  /** The local address to connect from (paho: `bind_address`). */
  bindAddress?: string;
  /** 3 for MQTT 3.1, 4 for 3.1.1 (the default), 5 for MQTT 5. */
  protocolVersion?: 3 | 4 | 5;
  /** What the connection asks for in MQTT 5 (section 3.1.2.11). */
  properties?: ConnectProperties;
  /**
   * Whether a topic that was sent before is replaced by a number, if the broker takes
   * it; false unless given (MQTT 5.0 section 3.3.2.3.4).
   */
  topicAliases?: boolean;
  /**
   * How many QoS 1 and 2 publishes may wait for their acknowledgement at once (paho:
   * `max_inflight_messages_set`): 1,000 unless given, at QoS 2 only 19, since mosquitto
   * loses messages of a client that has more in flight. A broker of MQTT 5 may lower it
   * (receive maximum, section 3.2.2.3.3).
   */
  inflightWindow?: number;
  /**
   * Seconds until a broker that can't be reached, or doesn't answer, is given up;
   * 30 unless given. For `subscribe` and `messages` SUBACK has as long again.
   */
  timeout?: number;
  /** Whether to try again after a first failure, true unless given. */
  retry?: boolean;
  /** Gives up at once when aborted. */
  signal?: AbortSignal;
  /**
   * The shortest and the longest pause between two attempts, in seconds, `[1, 30]`
   * unless given. It grows, with chance in it so that forty clients don't come back at
   * once, until a connection has lasted: for 10 s, or as long as the longest pause.
   */
  retryDelay?: [shortest: number, longest: number];
  /**
   * Waits up to so many seconds, as chance has it, before the first attempt, so that a
   * fleet that is switched on at once doesn't connect at once; 0 unless given.
   */
  startJitter?: number;
  /** Takes a line about each change of the connection; `console.error` unless given. */
  log?: (line: string) => void;
}
