import { assertEquals } from "@std/assert";
import type { PacketNews } from "../protocol.ts";
import { countWaiting, step } from "./packets_view.ts";

const PACKETS = Array.from({ length: 6 }, (_, index): PacketNews => ({
  type: index % 2 === 0 ? "PUBLISH" : "PINGREQ",
  time: index,
  isSent: true,
  text: "",
  isCut: false,
}));
const ALL = { isWanted: () => true, most: 100 };

Deno.test("countWaiting() counts what has come since", () => {
  assertEquals(countWaiting(PACKETS, PACKETS.slice(0, 2)), 4);
  assertEquals(countWaiting(PACKETS, PACKETS), 0);
  assertEquals(countWaiting(PACKETS, []), 6);
});

Deno.test("countWaiting() counts all when what is in sight was let go", () => {
  assertEquals(countWaiting(PACKETS.slice(2), PACKETS.slice(0, 2)), 4);
});

Deno.test("step() lets packets come one by one", () => {
  const one = step(PACKETS, [], ALL);
  const two = step(PACKETS, one, ALL);
  assertEquals(two, PACKETS.slice(0, 2));
  assertEquals(step(PACKETS, PACKETS, ALL), PACKETS);
});

Deno.test("step() goes past what isn't wanted", () => {
  const isWanted = ({ type }: PacketNews) => type === "PUBLISH";
  const options = { ...ALL, isWanted };
  assertEquals(
    step(PACKETS, PACKETS.slice(0, 1), options),
    PACKETS.slice(0, 3),
  );
  assertEquals(step(PACKETS, PACKETS.slice(0, 5), options), PACKETS);
});

Deno.test("step() keeps no more in sight than asked for", () => {
  assertEquals(
    step(PACKETS, PACKETS.slice(0, 2), { ...ALL, most: 2 }),
    PACKETS.slice(1, 3),
  );
});
