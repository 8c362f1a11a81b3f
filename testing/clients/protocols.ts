/**
 * The versions of the protocol that tests go through.
 *
 * @module
 */

/** A version of the protocol, as CONNECT has it: MQTT 3.1.1 or 5. */
export type Protocol = 4 | 5;

/** Both versions, with their names. */
export const PROTOCOLS: readonly (readonly [Protocol, string])[] = [
  [4, "MQTT 3.1.1"],
  [5, "MQTT 5"],
];

/** Seconds that stand for ever (MQTT 5 section 3.1.2.11.2). */
export const NEVER_EXPIRES = 0xffff_ffff;

/** What MQTT.js connects with for a session that outlives its connection. */
interface KeptSession {
  clientId: string;
  clean: false;
  protocolVersion: Protocol;
  properties?: { sessionExpiryInterval: number };
}

/** Options for a session that is kept for ever, in either version. */
export function keptSession(clientId: string, protocol: Protocol): KeptSession {
  return {
    clientId,
    clean: false,
    protocolVersion: protocol,
    // MQTT 5's sessions end with the connection unless told otherwise.
    ...protocol === 5 && {
      properties: { sessionExpiryInterval: NEVER_EXPIRES },
    },
  };
}
