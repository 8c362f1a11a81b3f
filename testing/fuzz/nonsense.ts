/**
 * Bytes with the looks of a packet of MQTT 3.1.1.
 *
 * @module
 */
import {
  encode,
  rawPacket,
  text,
  variableByteInteger,
  word,
} from "../clients/raw_client.ts";
import type { Random } from "../../workbook/checking/random.ts";
import { bytes, clientId, field, topic } from "./values.ts";
import { Buffer } from "node:buffer";

/** Bytes that follow the grammar of a packet, with fields that can't be. */
export function nonsense4(random: Random): Uint8Array {
  const id = Uint8Array.of(0, random.pick([0, 1, 255]));
  const flags = random.integer(0, 15);
  const makers: (() => Uint8Array)[] = [
    () => {
      const name = random.pick(["MQTT", "MQIsdp", "mqtt", "", "M\0TT", "AMQP"]);
      const level = random.pick([0, 3, 4, 5, 6, 131, 132, 255]);
      const rest = [level, random.integer(0, 255), 0, random.integer(0, 255)];
      const fields = Array.from(
        { length: random.integer(0, 6) },
        () => field(random),
      );
      return rawPacket(0x10, text(name), Uint8Array.from(rest), ...fields);
    },
    () => rawPacket(0x30 | flags, field(random), id, bytes(random, 20)),
    () => rawPacket(0x30 | flags, text("/".repeat(random.integer(1, 65_535)))),
    () => rawPacket(0x82, id, text("+/".repeat(random.integer(1, 30_000)))),
    () => {
      const filters = Array.from(
        { length: random.integer(0, 300) },
        (_, index) => [text(`f/${index}`), Uint8Array.of(random.integer(0, 3))],
      );
      return rawPacket(0x82, id, ...filters.flat());
    },
    () =>
      rawPacket(random.pick([0x82, 0xa2]), id, field(random), bytes(random, 3)),
    () => rawPacket(random.integer(0, 255), bytes(random, 40)),
    // Lengths that never come true, or have too many bytes.
    () => Uint8Array.of(random.integer(0, 255), 0xff, 0xff, 0xff, 0x7f),
    () => Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01),
    () => Uint8Array.of(0xc0, 0x80, 0x80, 0x00),
    () => encode("GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    () => bytes(random, 2_000),
  ];
  return random.pick(makers)();
}

/** Values of the properties that there are, by their ids (section 2.2.2.2). */
const VALUES = new Map<number, (random: Random) => Uint8Array>([
  ...kind(
    [1, 23, 25, 36, 37, 40, 41, 42],
    (random) => Uint8Array.of(random.pick([0, 1, 2, 255])),
  ),
  ...kind([19, 33, 34, 35], (random) => word(random.pick([0, 1, 2, 0xffff]))),
  ...kind([2, 17, 24, 39], (random) =>
    random.pick([
      Uint8Array.of(0, 0, 0, 0),
      Uint8Array.of(0, 0, 0, 1),
      Uint8Array.of(255, 255, 255, 255),
    ])),
  ...kind([11], (random) =>
    random.pick([
      variableByteInteger(random.pick([0, 1, 128, 268_435_455])),
      // One byte too many, and more of them than needed.
      Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x01),
      Uint8Array.of(0x81, 0x80, 0x00),
    ])),
  ...kind(
    [3, 8, 9, 18, 21, 22, 26, 28, 31],
    (random) =>
      random.next() < 0.5
        ? field(random)
        : text(random.pick(["", "a/+", "#", "a/b", "z".repeat(2_000)])),
  ),
  ...kind([38], (random) => Buffer.concat([field(random), field(random)])),
]);

/** Bytes that follow the grammar of a packet, with fields that can't be. */
export function nonsense5(random: Random): Uint8Array {
  const id = word(random.pick([0, 1, 255]));
  const any = () => properties(random);
  const makers: (() => Uint8Array)[] = [
    () => connect(random),
    () => connect(random),
    () => publish(random, id),
    () => publish(random, id),
    () => rawPacket(0x82, id, any(), field(random), bytes(random, 3)),
    () => {
      // Option bits that are reserved, and a group that excludes itself.
      const filter = text(
        random.pick(["a/#", "$share/a/#", "$share//a", "a+"]),
      );
      return rawPacket(0x82, id, any(), filter, bytes(random, 1));
    },
    () => {
      const filters = Array.from(
        { length: random.integer(0, 300) },
        (_, index) => [text(`$share/${index}/#`), Uint8Array.of(index & 0x3f)],
      );
      return rawPacket(0x82, id, Uint8Array.of(0), ...filters.flat());
    },
    () => rawPacket(0xa2, id, any(), field(random)),
    () => {
      const type = random.pick([0x40, 0x50, 0x62, 0x70]);
      return rawPacket(type, id, Uint8Array.of(random.integer(0, 255)), any());
    },
    () => {
      const type = random.pick([0xe0, 0xf0]);
      return rawPacket(type, Uint8Array.of(random.integer(0, 255)), any());
    },
    () => rawPacket(random.integer(0, 255), bytes(random, 40)),
  ];
  return random.pick(makers)();
}

function connect(random: Random): Uint8Array {
  const flags = random.pick([0x02, 0x06, 0x0e, 0x16, 0xc2, 0xc6]);
  const parts = [text("MQTT"), Uint8Array.of(5, flags), word(0)];
  parts.push(properties(random), text(clientId(random)));
  if (flags & 0x04) {
    parts.push(properties(random), text(topic(random)), field(random));
  }
  if (flags & 0x80) parts.push(field(random), field(random));
  return rawPacket(0x10, ...parts);
}

function publish(random: Random, id: Uint8Array): Uint8Array {
  const flags = random.integer(0, 15);
  const name = random.pick([text(""), text(topic(random)), field(random)]);
  const parts = [name, ...(flags & 0x06 ? [id] : []), properties(random)];
  return rawPacket(0x30 | flags, ...parts, bytes(random, 20));
}

/** Properties of any packet, and how long they say they are. */
function properties(random: Random): Uint8Array {
  const all = Array.from(
    { length: random.pick([0, 1, 1, 2, 2, 3, 300]) },
    () => property(random),
  );
  if (all.length > 0 && random.next() < 0.2) all.push(random.pick(all));
  const content = Buffer.concat(all);
  const announced = random.next() < 0.85
    ? content.length
    : random.pick([0, content.length + 1, 127, 128, 16_384, 268_435_455]);
  return Buffer.concat([variableByteInteger(announced), content]);
}

function property(random: Random): Uint8Array {
  const id = random.next() < 0.95
    ? random.pick([...VALUES.keys()])
    : random.integer(0, 255);
  // Of the kind that it has, or of another one.
  const value = random.next() < 0.95 && VALUES.get(id)?.(random) ||
    bytes(random, 10);
  return Buffer.concat([Uint8Array.of(id), value]);
}

function kind(
  ids: readonly number[],
  make: (random: Random) => Uint8Array,
): [number, (random: Random) => Uint8Array][] {
  return ids.map((id) => [id, make]);
}
