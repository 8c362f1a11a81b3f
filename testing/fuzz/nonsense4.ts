/**
 * Bytes with the looks of a packet of MQTT 3.1.1.
 *
 * @module
 */
import { encode, rawPacket, text } from "../clients/raw_client.ts";
import type { Random } from "../../workbook/checking/random.ts";
import { bytes, field } from "./values.ts";

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
