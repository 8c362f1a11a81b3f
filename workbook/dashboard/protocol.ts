/**
 * What the dashboard's server and its page say to each other: one JSON text a
 * WebSocket message. The page is told at most ten times a second, or when it asks for
 * something, and only when it has handled what it was told before: what changes
 * meanwhile comes together. Times
 * are milliseconds since 1970, by the server's clock.
 *
 * @module
 */

/** The first thing that the page is told. */
export interface Welcome {
  type: "welcome";
  /** The broker, without a password. */
  broker: string;
  /** What is subscribed to. */
  filters: string[];
  /** Filters that the broker refused. */
  refused: readonly string[];
  /** Whether the broker is embedded, so that its clients can be shown. */
  hasClients: boolean;
  /** The recording that values from before the opening come from. */
  recording?: string;
}

/** What the page can't be let in for. */
interface Refusal {
  type: "refusal";
  /** Whether a password is asked for, or the one given was wrong. */
  reason: "password needed" | "password wrong";
}

/** How the connection to the broker is. */
export interface BrokerState {
  isConnected: boolean;
  /** Since when. */
  since: number;
  /** Why it isn't connected, where that is known. */
  reason?: string;
}

/** A time without connection, in which messages may have been missed. */
export interface Outage {
  from: number;
  to: number;
}

/** What is new on a topic. */
export interface TopicNews {
  /** A number that stands for the topic as long as the server runs. */
  id: number;
  /** Its name, the first time that this page is told of it. */
  name?: string;
  /** How many messages have come in all. */
  count: number;
  /** When the last one came. */
  time: number;
  /** The beginning of its payload, as printable text, at most 200 characters. */
  value: string;
  /** How many bytes its payload has. */
  bytes: number;
  qos: 0 | 1 | 2;
  /** Whether the broker is known to keep a message on this topic. */
  isRetained: boolean;
}

/** A message of the topic that is open. */
export interface TopicMessage {
  time: number;
  /** The payload's bytes in base64, of a long one the beginning. */
  payload: string;
  /** How many bytes the payload has in all. */
  bytes: number;
  qos: 0 | 1 | 2;
  retain: boolean;
  duplicate: boolean;
  /** MQTT 5's properties as names and values, `["messageExpiryInterval", "60"]`. */
  properties: [name: string, value: string][];
  /** Whether it had others, which were too long to be kept. */
  hasLostProperties: boolean;
}

/** Messages of the topic that is open, the oldest first. */
export interface MessageNews {
  topic: string;
  /** Whether these replace what the page has: its history begins anew. */
  isStart: boolean;
  messages: TopicMessage[];
  /** How many between the last ones and these, or before the first, aren't here. */
  leftOut: number;
}

/** New points of a series. */
export interface SeriesNews {
  /** The series, as the page has named it. */
  key: string;
  /** Whether these replace what the page has. */
  isStart: boolean;
  times: number[];
  /** The values; `null` is a gap, where the connection was lost. */
  values: (number | null)[];
  /** How many points before or between aren't here, since no more are kept. */
  leftOut: number;
}

/** A packet of the dashboard's own connection. */
export interface PacketNews {
  time: number;
  /** Whether the client sent it. */
  isSent: boolean;
  /** Its type, such as `PUBREC`. */
  type: string;
  /** Its packet identifier, where it has one. */
  id?: number;
  qos?: 0 | 1 | 2;
  retain?: boolean;
  duplicate?: boolean;
  topic?: string;
  /** What it says, as `MQTT_TRACE=1` prints it; of a long text the beginning. */
  text: string;
  /** Whether the text, or the topic, goes on. */
  isCut: boolean;
}

/** A client of the embedded broker. */
export interface ClientNews {
  id: string;
  user?: string;
  /** Whether it is connected, or only its session is kept. */
  isConnected: boolean;
  /** Since when it is connected. */
  since?: number;
  address?: string;
  /** `3.1`, `3.1.1` or `5`. */
  version?: string;
  subscriptions: { filter: string; qos: 0 | 1 | 2 }[];
  /** Messages that it has yet to acknowledge. */
  inFlight: number;
  /** Messages that wait until it may be sent more. */
  waiting: number;
}

/** What has changed since the frame before. */
export interface Frame {
  type: "frame";
  /** Counted up; the page answers with it. */
  number: number;
  /** When it was sent. */
  time: number;
  /** How many messages have come in all. */
  total: number;
  /** Of them, those on topics that are too many to be listed. */
  unlisted: number;
  state?: BrokerState;
  /** Those that are over and that this page has not been told of. */
  outages?: Outage[];
  topics?: TopicNews[];
  messages?: MessageNews;
  series?: SeriesNews[];
  packets?: PacketNews[];
  /** How many packets came between the last ones and these, and aren't here. */
  packetsLeftOut?: number;
  /** All of them, or as many as a frame holds. */
  clients?: ClientNews[];
  /** How many there are besides. */
  clientsLeftOut?: number;
  /** New lines of the connection's, or the embedded broker's log. */
  log?: string[];
}

/** What became of a {@linkcode PublishRequest}. */
export interface PublishResult {
  type: "published";
  /** The request's number. */
  request: number;
  /** Why it failed; nothing if the broker has it. */
  error?: string;
}

/** What the server says. */
export type FromServer = Welcome | Refusal | Frame | PublishResult;

/** What the page says first. */
interface Hello {
  type: "hello";
  password?: string;
}

/** The page has handled a frame. */
interface Handled {
  type: "handled";
  number: number;
}

/** The page shows the messages of a topic, or of none. */
interface OpenTopic {
  type: "open";
  topic: string | null;
}

/** A series: a numeric payload, or a number in one that is JSON. */
export interface SeriesRequest {
  /** The page's name for it. */
  key: string;
  topic: string;
  /** Where the number is, such as `$.value` or `$[0].x`; `$` is the payload itself. */
  path: string;
}

/** The page shows these series, and no others. */
interface ShowSeries {
  type: "series";
  series: SeriesRequest[];
}

/** The page shows packets, or no longer. */
interface ShowPackets {
  type: "packets";
  isShown: boolean;
}

/** The page shows the embedded broker's clients, or no longer. */
interface ShowClients {
  type: "clients";
  isShown: boolean;
}

/** Publishes a message; answered by a {@linkcode PublishResult}. */
export interface PublishRequest {
  type: "publish";
  request: number;
  topic: string;
  payload: string;
  qos: 0 | 1 | 2;
  retain: boolean;
  /** MQTT 5's, those that are set. */
  properties?: {
    contentType?: string;
    responseTopic?: string;
    correlationData?: string;
    /** Seconds. */
    messageExpiryInterval?: number;
    userProperties?: Record<string, string>;
  };
}

/** What the page says. */
export type FromPage =
  | Hello
  | Handled
  | OpenTopic
  | ShowSeries
  | ShowPackets
  | ShowClients
  | PublishRequest;
