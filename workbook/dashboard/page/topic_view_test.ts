import { assertEquals } from "@std/assert";
import type { TopicMessage } from "../protocol.ts";
import { remainingExpiry } from "./topic_view.ts";

const MESSAGE: TopicMessage = {
  time: 10_000,
  payload: "",
  bytes: 0,
  qos: 0,
  retain: false,
  duplicate: false,
  properties: [["contentType", "9"], ["messageExpiryInterval", "60"]],
  hasLostProperties: false,
};

Deno.test("remainingExpiry() is the interval without the message's age", () => {
  assertEquals(remainingExpiry(MESSAGE, 10_000), 60_000);
  assertEquals(remainingExpiry(MESSAGE, 75_000), -5_000);
  const { properties: [first] } = MESSAGE;
  assertEquals(
    remainingExpiry({ ...MESSAGE, properties: [first!] }, 10_000),
    undefined,
  );
});
