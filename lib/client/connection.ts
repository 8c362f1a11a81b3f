import { Buffer } from "node:buffer";
import { setTimeout as pause } from "node:timers/promises";
import type { IClientOptions } from "mqtt";
import { parseAddresses } from "./address.ts";
import {
  assertMqtt5,
  assertWhole,
  packProperties,
} from "./packet_properties.ts";
import { ToolkitClient } from "./client.ts";
import type { ConnectOptions, Will } from "./options.ts";
import { loadWebSocket } from "./stream.ts";
import { assertQos, assertTopicName } from "../topics.ts";
import type { ConnectProperties } from "../properties.ts";
import { X509Certificate } from "node:crypto";

/** The session expiry interval of a session that is kept for ever. */
const NEVER = 0xffffffff;

/** A day, in seconds. */
const LONGEST_JITTER = 86_400;

/** Makes a client that begins to connect in the next turn of the event loop. */
export async function createClient(
  host: string | undefined,
  options: ConnectOptions,
): Promise<ToolkitClient> {
  const { tls, transport } = options;
  const secure = tls !== undefined;
  const addresses = parseAddresses(host, { secure, transport });
  const [address] = addresses;
  const {
    clientId,
    clean = true,
    keepalive = 60,
    username = address.username,
    // An address's password isn't another user's.
    password = [username, undefined].includes(address.username)
      ? address.password
      : undefined,
    will,
    bindAddress,
    protocolVersion = 4,
    properties,
    topicAliases = false,
    inflightWindow,
    retryDelay = [1, 30],
    startJitter = 0,
    signal,
    log = (line) => console.error(line),
  } = options;
  if (!clean && !clientId) {
    throw new TypeError(
      "Session is to outlive its client: it needs a clientId",
    );
  }
  if (password !== undefined && username === undefined) {
    throw new TypeError(
      "Password is given without a user: it needs a username",
    );
  }
  assertWhole("Keepalive", keepalive, [0, 65535]);
  if (topicAliases) assertMqtt5("Topic aliases", protocolVersion);
  if (inflightWindow !== undefined) {
    assertWhole("In-flight window", inflightWindow, [1, 65535]);
  }
  if (tls?.ca !== undefined) assertAuthorities(tls.ca);
  const [shortest, longest] = retryDelay;
  if (!(shortest > 0 && longest >= shortest)) {
    throw new RangeError(
      `Retry delay is [${retryDelay}]: it must be two numbers of seconds above 0, the smaller first`,
    );
  }
  if (!(startJitter >= 0 && startJitter <= LONGEST_JITTER)) {
    throw new RangeError(
      `Start jitter is ${startJitter}: it must be a number of seconds from 0 to ${LONGEST_JITTER}`,
    );
  }
  if (address.protocol.startsWith("ws")) await loadWebSocket();
  if (startJitter > 0) await waitUpTo(startJitter, signal);
  return new ToolkitClient({
    clean,
    keepalive,
    protocolVersion,
    ...(protocolVersion === 3 && { protocolId: "MQIsdp" }),
    ...(clientId !== undefined && { clientId }),
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(topicAliases && { autoAssignTopicAlias: true }),
    ...packConnectProperties(properties, { clean, protocolVersion }),
    ...(will !== undefined && { will: toPacket(will, protocolVersion) }),
  }, {
    addresses,
    inflightWindow,
    retryDelay,
    log,
    ...(tls !== undefined && { tls }),
    ...(bindAddress !== undefined && { bindAddress }),
  });
}

async function waitUpTo(
  seconds: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const milliseconds = Math.random() * seconds * 1000;
  await pause(milliseconds, undefined, { ...(signal && { signal }) })
    .catch(() => signal?.throwIfAborted());
}

/** In MQTT 5 a session that outlives its client must say for how long. */
function packConnectProperties(
  properties: ConnectProperties | undefined,
  { clean, protocolVersion }: { clean: boolean; protocolVersion: number },
): Pick<IClientOptions, "properties"> {
  if (properties !== undefined) {
    assertMqtt5("Properties of the connection", protocolVersion);
  }
  const isKept = protocolVersion === 5 && !clean;
  const implied = isKept ? { sessionExpiryInterval: NEVER } : undefined;
  if (properties === undefined && implied === undefined) return {};
  return {
    properties: packProperties("connect", { ...implied, ...properties }),
  };
}

function toPacket(
  will: Will,
  protocolVersion: number,
): NonNullable<IClientOptions["will"]> {
  const { topic, payload, qos = 0, retain = false, properties } = will;
  assertTopicName(topic);
  assertQos(qos);
  if (properties !== undefined) {
    assertMqtt5("Properties of the will", protocolVersion);
  }
  return {
    topic,
    payload: Buffer.from(payload),
    qos,
    retain,
    ...(properties && { properties: packProperties("will", properties) }),
  };
}

const CERTIFICATE =
  /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/**
 * Checks the certificates of authorities. Without any, TLS would trust those that
 * Deno trusts, and one that it can't read it would leave out without a word.
 *
 * @param ca PEM texts with one certificate or several each.
 * @param name What a message calls them.
 * @throws {TypeError} If there is none, or one can't be read.
 */
export function assertAuthorities(
  ca: string | string[],
  name = "TLS authority (ca)",
): void {
  const texts = [ca].flat();
  if (texts.length === 0) throw missing(name);
  for (const text of texts) {
    const certificates = text.match(CERTIFICATE);
    if (certificates === null) throw missing(name);
    certificates.forEach((certificate, index) => {
      try {
        new X509Certificate(certificate);
      } catch (cause) {
        const which = certificates.length > 1 ? ` number ${index + 1}` : "";
        throw new TypeError(
          `${name} has a certificate${which} that can't be read: it must be whole`,
          { cause },
        );
      }
    });
  }
}

function missing(name: string): TypeError {
  return new TypeError(
    `${name} holds no certificate: it must be text in PEM form, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----`,
  );
}
