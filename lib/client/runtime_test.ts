import { assertEquals, assertRejects } from "@std/assert";
import * as path from "node:path";
import { importLate } from "./runtime.ts";

Deno.test("importLate() takes the package that the program's imports name", async () => {
  const { default: mqtt } = await import("mqtt");
  const late = await importLate<{ default: typeof mqtt }>("mqtt", "npm:no");
  assertEquals(late.default, mqtt);
});

Deno.test("importLate() takes the version given where nothing knows the name", async () => {
  const { posix } = await importLate<typeof path>("unknown", "node:path");
  assertEquals(posix, path.posix);
  await assertRejects(() => importLate("unknown", "node:unknown"));
});
