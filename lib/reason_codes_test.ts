import { assertEquals } from "@std/assert";
import mqtt from "mqtt";
import { reasonWords, refusalWords } from "./reason_codes.ts";

Deno.test("reasonWords() knows each reason code of MQTT 5, as MQTT.js does", () => {
  for (const [code, words] of Object.entries(mqtt.ReasonCodes)) {
    // MQTT.js lists MQTT 3.1.1's return codes among them.
    if (Number(code) < 16) continue;
    assertEquals(
      reasonWords(Number(code)).toLowerCase(),
      words.toLowerCase(),
      code,
    );
  }
});

Deno.test("reasonWords() says of success and of what is unknown what it is", () => {
  assertEquals(reasonWords(0), "success");
  assertEquals(reasonWords(1), "granted QoS 1");
  assertEquals(reasonWords(99), "unknown reason");
});

Deno.test("refusalWords() tells the return codes of MQTT 3.1.1 from reason codes", () => {
  assertEquals(refusalWords(1), "unacceptable protocol version");
  assertEquals(refusalWords(4), "bad user name or password");
  assertEquals(refusalWords(134), "bad user name or password");
});
