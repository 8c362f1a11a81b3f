import type { ErrorWithSubackPacket, IConnackPacket } from "mqtt";
import type { FilterRequest } from "./topic_requests.ts";
import { reasonWords } from "../reason_codes.ts";

const NO_SHARED = 158;
const NO_IDENTIFIERS = 161;
const NO_WILDCARDS = 162;

/**
 * Refuses filters that the broker has said in CONNACK it doesn't have (MQTT 5.0
 * sections 3.2.2.3.11 to 3.2.2.3.13), as SUBACK would: a broker that is asked all
 * the same ends the connection, or grants what never brings a message.
 *
 * @returns The error as MQTT.js gives it for SUBACK; undefined if all may be asked for.
 */
export function refuseSubscription(
  requests: readonly (readonly [filter: string, request: FilterRequest])[],
  limits: IConnackPacket["properties"],
): ErrorWithSubackPacket | undefined {
  if (limits === undefined) return undefined;
  const granted = requests.map(([filter, request]) =>
    codeFor(filter, request, limits)
  );
  const code = granted.find((code) => code !== 0);
  if (code === undefined) return undefined;
  const error = new Error(`Subscribe error: ${reasonWords(code)}`);
  return Object.assign(error, {
    packet: { cmd: "suback", granted },
  }) as unknown as ErrorWithSubackPacket;
}

function codeFor(
  filter: string,
  { properties }: FilterRequest,
  limits: NonNullable<IConnackPacket["properties"]>,
): number {
  const {
    sharedSubscriptionAvailable = true,
    subscriptionIdentifiersAvailable = true,
    wildcardSubscriptionAvailable = true,
  } = limits;
  if (filter.startsWith("$share/") && !sharedSubscriptionAvailable) {
    return NO_SHARED;
  }
  if (/[+#]/.test(filter) && !wildcardSubscriptionAvailable) {
    return NO_WILDCARDS;
  }
  const isNumbered = properties?.subscriptionIdentifier !== undefined;
  return isNumbered && !subscriptionIdentifiersAvailable ? NO_IDENTIFIERS : 0;
}
