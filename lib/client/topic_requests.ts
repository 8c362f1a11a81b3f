import type { IClientSubscribeOptions, ISubscriptionMap } from "mqtt";
import {
  assertMqtt5,
  assertWhole,
  packProperties,
} from "./packet_properties.ts";
import { assertQos, assertTopicFilter } from "../topics.ts";

/**
 * How a topic filter is subscribed to (MQTT 5.0 section 3.8.3.1), such as
 * `["iot/+/lamp", { qos: 1, retainHandling: 2 }]`.
 */
export interface FilterOptions {
  /** The quality of service that is asked for; 0 unless given. */
  qos?: 0 | 1 | 2;
  /**
   * Whether the broker keeps back what this client publishes itself. MQTT 5.
   */
  noLocal?: boolean;
  /**
   * Whether a message keeps the retain flag that it was published with; else only what is
   * from before the subscription has it. MQTT 5.
   */
  retainAsPublished?: boolean;
  /**
   * When retained messages are sent: 0, unless given, with each subscription; 1 with one
   * that is new in the session; 2 never. MQTT 5.
   */
  retainHandling?: 0 | 1 | 2;
  /**
   * A number from 1 that comes back as `message.properties.subscriptionIdentifier` with
   * each message that this subscription brings (section 3.8.2.1.2). MQTT 5.
   */
  subscriptionIdentifier?: number;
}

/** A topic filter with its quality of service, or with more that is asked for it. */
export type TopicRequest = readonly [
  filter: string,
  qosOrOptions: 0 | 1 | 2 | FilterOptions,
];

/**
 * One filter, several, one pair of a filter and its quality of service, or several
 * (paho's forms). A filter `$share/group/filter` is shared: each of its messages
 * goes to one client of the group (MQTT 5.0 section 4.8.2).
 */
export type Topics = string | TopicRequest | readonly (string | TopicRequest)[];

/**
 * What a broker that takes no more has granted (MQTT 3.1.1 and MQTT 5.0, section
 * 3.9.3): what it sends comes at this quality of service at most.
 */
export interface LowerGrant {
  /** The topic filter. */
  filter: string;
  /** The quality of service that was asked for. */
  requested: 1 | 2;
  /** The quality of service that was granted. */
  granted: 0 | 1;
}

/** What MQTT.js is asked for a filter. */
export type FilterRequest = IClientSubscribeOptions;

/**
 * Reads the topics in any of the forms that `subscribe` takes.
 *
 * @param defaults What is asked for those that come without their own.
 * @returns Each filter, with what MQTT.js is to ask for it.
 * @throws {TypeError | RangeError} If a filter or an option is invalid.
 */
export function parseTopics(
  topics: Topics,
  defaults: FilterOptions,
  protocolVersion?: number,
): Map<string, FilterRequest> {
  const list = typeof topics === "string" || isRequest(topics)
    ? [topics]
    : topics;
  if (list.length === 0) {
    throw new TypeError("Topic list is empty: it must name one at least");
  }
  const requests = new Map<string, FilterRequest>();
  for (const item of list) {
    const [filter, own] = typeof item === "string" ? [item, {}] : item;
    const options = typeof own === "object" ? own : { qos: own };
    assertTopicFilter(filter);
    const request = toRequest({ ...defaults, ...options });
    assertRequest(request, protocolVersion);
    if (request.nl && filter.startsWith("$share/")) {
      throw new TypeError(
        `Topic filter is "${filter}": a shared one can't be subscribed to with noLocal`,
      );
    }
    requests.set(filter, request);
  }
  return requests;
}

function isRequest(topics: Exclude<Topics, string>): topics is TopicRequest {
  const [, second] = topics;
  return topics.length === 2 && typeof second !== "string" &&
    !Array.isArray(second);
}

function toRequest(options: FilterOptions): FilterRequest {
  const { qos = 0, noLocal, retainAsPublished, retainHandling } = options;
  const { subscriptionIdentifier } = options;
  return {
    qos,
    ...(noLocal !== undefined && { nl: noLocal }),
    ...(retainAsPublished !== undefined && { rap: retainAsPublished }),
    ...(retainHandling !== undefined && { rh: retainHandling }),
    ...(subscriptionIdentifier !== undefined &&
      { properties: { subscriptionIdentifier } }),
  };
}

/**
 * Reads what a client's own `subscribe` is given, in MQTT.js's names.
 *
 * @returns Each filter, with what MQTT.js will ask for it.
 * @throws {TypeError | RangeError} If something is invalid, or is asked of a version
 *   of MQTT that doesn't have it.
 */
export function readRequests(
  topics: string | string[] | ISubscriptionMap,
  common: Partial<FilterRequest>,
  protocolVersion?: number,
): [filter: string, request: FilterRequest][] {
  const { properties } = common;
  const requests = typeof topics === "object" && !Array.isArray(topics)
    // MQTT.js keeps a flag among them.
    ? Object.entries(topics).filter(([, own]) => typeof own === "object")
      .map(([filter, own]): [string, FilterRequest] => [
        filter,
        { ...own as FilterRequest, ...(properties && { properties }) },
      ])
    : [topics].flat().map((filter): [string, FilterRequest] => [
      filter,
      { qos: 0, ...common },
    ]);
  for (const [filter, request] of requests) {
    assertTopicFilter(filter);
    assertRequest(request, protocolVersion);
  }
  return requests;
}

function assertRequest(
  { qos = 0, nl, rap, rh, properties }: Partial<FilterRequest>,
  protocolVersion?: number,
): void {
  assertQos(qos);
  const ofMqtt5 = [nl, rap, rh, properties];
  if (ofMqtt5.every((value) => value === undefined)) return;
  assertMqtt5("Options of a subscription", protocolVersion);
  if (rh !== undefined) assertWhole("Retain handling", rh, [0, 2]);
  if (properties !== undefined) packProperties("subscribe", properties);
}
