import { assertEquals } from "@std/assert";
import type { FromPage } from "./protocol.ts";
import { readRequest } from "./requests.ts";

const publish = {
  ...{ type: "publish", request: 1, topic: "a", payload: "" } as const,
  ...{ qos: 0, retain: false } as const,
};

const REQUESTS: FromPage[] = [
  { type: "hello" },
  { type: "hello", password: "secret" },
  { type: "handled", number: 3 },
  { type: "open", topic: "iot/lamp" },
  { type: "open", topic: null },
  { type: "series", series: [{ key: "1", topic: "a", path: "$.value" }] },
  { type: "packets", isShown: true },
  { type: "clients", isShown: false },
  publish,
  { ...publish, properties: { userProperties: { unit: "°C" } } },
];

Deno.test("readRequest() reads what a page says", () => {
  for (const request of REQUESTS) {
    assertEquals(readRequest(JSON.stringify(request)), request);
  }
});

Deno.test("readRequest() takes nothing else", () => {
  const others: unknown[] = [
    ...[null, 1, "hello", [], {}, { type: "toString" }, { type: ["hello"] }],
    { type: "hello", password: 1 },
    { type: "handled", number: "3" },
    { type: "open" },
    { type: "series", series: {} },
    { type: "series", series: [null] },
    { type: "series", series: [{ key: "1", topic: "a", path: "value" }] },
    {
      type: "series",
      series: Array(33).fill({ key: "1", topic: "a", path: "$" }),
    },
    { ...publish, qos: 3 },
    { ...publish, payload: 1 },
    { ...publish, retain: undefined },
    { ...publish, properties: null },
    { ...publish, properties: { messageExpiryInterval: -1 } },
    { ...publish, properties: { userProperties: { unit: 1 } } },
  ];
  for (const other of others) {
    const text = JSON.stringify(other);
    assertEquals(readRequest(text), undefined, text);
  }
  assertEquals(readRequest(""), undefined);
  assertEquals(readRequest("{"), undefined);
});
