import type { Client, ConnectOptions } from "./connect_options.ts";
import type { FilterOptions, LowerGrant } from "./topic_requests.ts";
import type { Message } from "../message.ts";

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
