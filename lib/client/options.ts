import type * as mqtt from "mqtt";
import type { TlsOptions } from "./stream.ts";
import type {
  ConnectProperties,
  PublishProperties,
  WillProperties,
} from "../properties.ts";
import type { FilterOptions, LowerGrant } from "./topic_requests.ts";
import type { Message } from "../message.ts";
import { assertMqtt5, packProperties } from "./packet_properties.ts";

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

/**
 * Called with each message, one after the other (document ko §2, `on_message`).
 *
 * It may return a promise: at QoS 1 and 2 the message is acknowledged only once
 * the promise resolves, so that a crash loses nothing. If the handler throws,
 * the message stays unacknowledged: the broker keeps it for the next connection
 * of a session that outlives its client (`clean: false`), and it may send no more
 * while too many are (mosquitto: 20). Catch what you can handle.
 */
export type OnMessage = (message: Message, client: Client) => unknown;

/**
 * Options of {@linkcode subscribe} and {@linkcode messages}. Those for a filter are
 * for the ones that come without their own.
 */
export interface SubscribeOptions extends ConnectOptions, FilterOptions {
  /**
   * Called with the filters that the broker has granted, at first and after each
   * reconnection that subscribed again (paho: `on_subscribe`), and with the client.
   */
  onSubscribe?: (filters: string[], client: Client) => void;
  /**
   * Called once for each filter that the broker grants at a lower quality of service
   * than was asked for. Unless given, it is logged: messages may be lost, or come
   * twice, although the program has asked for better.
   */
  onLowerGrant?: (grant: LowerGrant) => void;
  /**
   * Called when the handler throws. Unless given, the topic and the error are
   * logged; an error that is thrown again and again, as a recorder's is, once.
   */
  onError?: (error: Error, message: Message) => void;
}

/** Options of a client's `close`. */
export interface CloseOptions {
  /** Seconds that what is in flight may take; 5 unless given. */
  timeout?: number;
  /**
   * What DISCONNECT says in MQTT 5: 0, unless given, that all is well; 4 that the
   * broker is to publish the will (section 3.14.2.1).
   */
  reasonCode?: 0 | 4;
  /**
   * Seconds for which the broker keeps the session from now on, in MQTT 5; what
   * `connect` has said unless given (section 3.14.2.2.2).
   */
  sessionExpiryInterval?: number;
}

/** Gives what DISCONNECT is to say; throws a TypeError or RangeError if it can't be. */
export function toDisconnect(
  { reasonCode, sessionExpiryInterval }: CloseOptions,
  { protocolVersion, properties }: mqtt.IClientOptions,
): Partial<mqtt.IDisconnectPacket> {
  if (reasonCode === undefined && sessionExpiryInterval === undefined) {
    return {};
  }
  assertMqtt5("Reason code or session expiry", protocolVersion);
  if (reasonCode !== undefined && ![0, 4].includes(reasonCode)) {
    throw new RangeError(`Reason code is ${reasonCode}: it must be 0 or 4`);
  }
  if (sessionExpiryInterval && !properties?.sessionExpiryInterval) {
    throw new RangeError(
      `Session expiry is ${sessionExpiryInterval}: it must be 0, as the session was to end with its connection`,
    );
  }
  return {
    ...(reasonCode !== undefined && { reasonCode }),
    ...(sessionExpiryInterval !== undefined && {
      properties: packProperties("disconnect", { sessionExpiryInterval }),
    }),
  };
}

/** How a message is published. */
export interface PublishOptions {
  /** The quality of service, 0 unless given. */
  qos?: 0 | 1 | 2;
  /** Whether the broker keeps the message for later subscribers. */
  retain?: boolean;
  /** What the message carries beside its payload in MQTT 5 (section 3.3.2.3). */
  properties?: PublishProperties;
}
