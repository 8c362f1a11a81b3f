/**
 * MQTT 5's properties on the command line, as mosquitto_pub takes them.
 *
 * @module
 */
import { packProperties } from "../../lib/client/packet_properties.ts";
import type {
  ConnectProperties,
  PublishProperties,
  WillProperties,
} from "../../lib/properties.ts";
import { type Options, readNumber, UsageError } from "./program.ts";

/** The properties that were given, by what they go with. */
interface GivenProperties {
  publish?: PublishProperties;
  will?: WillProperties;
  connect?: ConnectProperties;
}

type Kind = keyof GivenProperties;
type Read = (name: string, text: string) => unknown;

/** `-D COMMAND user-property NAME VALUE` has one value more than the others. */
export const PROPERTY_NAMES = {
  rows: {
    property: ([, name, ...values]: readonly string[]) =>
      values.length === (name === "user-property" ? 2 : 1),
  },
  alias: { D: "property" },
};

/** What `--help` says about it. */
export const PROPERTY_HELP = `
  -D KIND NAME VALUE    MQTT 5: give a property to the message (KIND publish), to
                the connection (connect) or to the will (will), such as
                -D publish content-type text/plain; may be repeated; --property,
                too
  -D KIND user-property NAME VALUE      likewise a name and value of your own
`.trim();

const text: Read = (_, value) => value;
const number: Read = (name, value) =>
  readNumber(`-D ${name}`, value, { least: 0, most: 0xffffffff });
const flag: Read = (name, value) =>
  readNumber(`-D ${name}`, value, { least: 0, most: 1 }) === 1;

const PUBLISH = {
  "payload-format-indicator": flag,
  "message-expiry-interval": number,
  "response-topic": text,
  "correlation-data": text,
  "content-type": text,
};

const KINDS: Record<Kind, Record<string, Read>> = {
  publish: PUBLISH,
  will: { ...PUBLISH, "will-delay-interval": number },
  connect: {
    "session-expiry-interval": number,
    "receive-maximum": number,
    "maximum-packet-size": number,
    "topic-alias-maximum": number,
    "request-response-information": flag,
    "request-problem-information": flag,
  },
};

/**
 * Reads the properties.
 *
 * @throws {UsageError | TypeError | RangeError} If one is unknown, is given twice, or
 *   has a wrong value.
 */
export function readProperties(options: Options): GivenProperties {
  const given: Partial<Record<Kind, Record<string, unknown>>> = {};
  for (const [word = "", name = "", ...values] of options.rows("property")) {
    const kind = word.toLowerCase();
    if (!isKind(kind)) {
      throw new UsageError(
        `Property kind of -D is "${word}": it must be publish, connect or will`,
      );
    }
    const properties = given[kind] ??= {};
    if (name === "user-property") {
      const pairs = properties.userProperties ?? [];
      properties.userProperties = [...pairs as string[][], values];
      continue;
    }
    const read = Object.hasOwn(KINDS[kind], name)
      ? KINDS[kind][name]
      : undefined;
    if (read === undefined) {
      const names = [...Object.keys(KINDS[kind]), "user-property"].join(", ");
      throw new UsageError(
        `Property of -D ${kind} is "${name}": it must be one of ${names}`,
      );
    }
    const key = toCamel(name);
    if (key in properties) {
      throw new UsageError(`Property ${name} of -D ${kind} is given twice`);
    }
    properties[key] = read(name, values[0] ?? "");
  }
  for (const [kind, properties] of Object.entries(given)) {
    packProperties(kind as Kind, properties);
  }
  return given;
}

function isKind(kind: string): kind is Kind {
  return Object.hasOwn(KINDS, kind);
}

function toCamel(name: string): string {
  return name.replaceAll(/-([a-z])/g, (_, letter) => letter.toUpperCase());
}
