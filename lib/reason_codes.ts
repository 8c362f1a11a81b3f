/**
 * What the codes in a broker's and a client's answers mean, in words.
 *
 * @module
 */

/** MQTT 5.0 section 2.4, table 2-6. */
const REASONS: Record<number, string> = {
  0: "success",
  1: "granted QoS 1",
  2: "granted QoS 2",
  4: "disconnect with will message",
  16: "no matching subscribers",
  17: "no subscription existed",
  24: "continue authentication",
  25: "re-authenticate",
  128: "unspecified error",
  129: "malformed packet",
  130: "protocol error",
  131: "implementation specific error",
  132: "unsupported protocol version",
  133: "client identifier not valid",
  134: "bad user name or password",
  135: "not authorized",
  136: "server unavailable",
  137: "server busy",
  138: "banned",
  139: "server shutting down",
  140: "bad authentication method",
  141: "keep alive timeout",
  142: "session taken over",
  143: "topic filter invalid",
  144: "topic name invalid",
  145: "packet identifier in use",
  146: "packet identifier not found",
  147: "receive maximum exceeded",
  148: "topic alias invalid",
  149: "packet too large",
  150: "message rate too high",
  151: "quota exceeded",
  152: "administrative action",
  153: "payload format invalid",
  154: "retain not supported",
  155: "QoS not supported",
  156: "use another server",
  157: "server moved",
  158: "shared subscriptions not supported",
  159: "connection rate exceeded",
  160: "maximum connect time",
  161: "subscription identifiers not supported",
  162: "wildcard subscriptions not supported",
};

/** MQTT 3.1.1 section 3.2.2.3, table 3.1. */
const RETURNS: Record<number, string> = {
  1: "unacceptable protocol version",
  2: "client identifier rejected",
  3: "server unavailable",
  4: "bad user name or password",
  5: "not authorized",
};

const UNKNOWN = "unknown reason";

/**
 * Says what a reason code of MQTT 5 means (MQTT 5.0 section 2.4), or "unknown reason". 0
 * is "success", which SUBACK calls "granted QoS 0", and DISCONNECT "normal disconnection".
 *
 * @example The answer to a message that nobody has subscribed to
 * ```ts
 * import { reasonWords } from "./mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(reasonWords(16), "no matching subscribers");
 * ```
 */
export function reasonWords(code: number): string {
  return REASONS[code] ?? UNKNOWN;
}

/**
 * Says why CONNACK refuses a connection: up to 5 its code is one of MQTT 3.1.1
 * (section 3.2.2.3), from 128 one of MQTT 5.
 */
export function refusalWords(code: number): string {
  return RETURNS[code] ?? reasonWords(code);
}
