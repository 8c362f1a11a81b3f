import { assertEquals, assertMatch } from "@std/assert";
import { startBroker } from "../../../lib/mod.ts";
import { findOpen } from "./leaks.ts";

Deno.test({
  name: "findOpen() tells of an open socket, and of an open file",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const folder = await Deno.makeTempDir({ prefix: "mqtt_leaks_" });
    try {
      assertEquals(await findOpen(folder, 5000), []);
      {
        await using _broker = await startBroker({ port: 0 });
        const [finding = ""] = await findOpen(folder, 0);
        assertMatch(finding, /^Leaked: still open are socket:/);
      }
      {
        using _file = await Deno.open(`${folder}/x`, {
          create: true,
          write: true,
        });
        const [finding] = await findOpen(folder, 0);
        assertEquals(finding, `Leaked: still open are ${folder}/x`);
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
