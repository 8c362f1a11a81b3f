import type { IClientOptions, IDisconnectPacket } from "mqtt";
import { assertMqtt5, packProperties } from "./packet_properties.ts";

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

/**
 * Gives what DISCONNECT is to say.
 *
 * @throws {TypeError | RangeError} If it can't be said.
 */
export function toDisconnect(
  { reasonCode, sessionExpiryInterval }: CloseOptions,
  { protocolVersion, properties }: IClientOptions,
): Partial<IDisconnectPacket> {
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
