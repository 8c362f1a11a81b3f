import { assertEquals } from "@std/assert";
import { EventEmitter } from "node:events";
import type { MqttClient } from "../../lib/mod.ts";
import { ReconnectPauses } from "./reconnect_pauses.ts";

/** A client whose connections last so long, and whose pauses are so long. */
function live(
  lasting: number,
  pauseOf: (failures: number) => number,
): ReconnectPauses {
  let time = 0;
  const pace = new ReconnectPauses([0.1, 1], () => time);
  const client = new EventEmitter();
  pace.watch(client as unknown as MqttClient);
  let failures = 0;
  for (let count = 0; count < 40; count++) {
    client.emit("connect");
    time += lasting;
    if (lasting >= 1000) failures = 0;
    client.emit("close");
    time += pauseOf(++failures);
    client.emit("reconnect");
  }
  return pace;
}

/** In milliseconds, between 100 and what the pause has grown to. */
function middle(failures: number): number {
  return (100 + Math.min(1000, 100 * 2 ** failures)) / 2;
}

Deno.test("ReconnectPauses finds nothing where each attempt has its pause", () => {
  for (const lasting of [1, 2000]) {
    const pace = live(lasting, middle);
    assertEquals([pace.attempts, pace.findings()], [40, []]);
  }
});

Deno.test("ReconnectPauses finds pauses that begin anew with each connection", () => {
  assertEquals(live(1, () => middle(1)).findings(), [
    "Storm: 38 pauses that should have grown have 27 % of their length",
  ]);
});

Deno.test("ReconnectPauses finds attempts without a pause", () => {
  assertEquals(live(2000, () => 50).findings(), [
    "Storm: 40 of 40 attempts to connect without a pause",
  ]);
});
