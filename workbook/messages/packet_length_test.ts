import { assertEquals } from "@std/assert";
import mqttPacket from "mqtt-packet";
import { packetLength } from "./packet_length.ts";

Deno.test("packetLength() says how long a packet is, and that it can't be told yet", () => {
  for (const size of [0, 120, 128, 16_383, 16_384, 2_097_152]) {
    const packet = mqttPacket.generate({
      ...{ cmd: "publish", topic: "x", payload: "y".repeat(size) },
      ...{ qos: 0, dup: false, retain: false },
    });
    assertEquals(packetLength(packet), packet.length);
    assertEquals(
      packetLength(Uint8Array.of(9, ...packet.subarray(0, 5)), 1),
      packet.length,
    );
    assertEquals(packetLength(packet.subarray(0, 1)), undefined);
  }
  assertEquals(packetLength(new Uint8Array()), undefined);
  assertEquals(packetLength(Uint8Array.of(0x30, 0x80, 0x80)), undefined);
});

Deno.test("packetLength() takes what can't be a packet for one piece", () => {
  const bytes = Uint8Array.of(0, 0x30, 0xff, 0xff, 0xff, 0xff, 1, 2);
  assertEquals(packetLength(bytes, 1), 7);
});
