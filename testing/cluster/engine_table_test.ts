import { assertEquals } from "@std/assert";
import { FEATURES } from "./engine_features.ts";
import { formatTable, readTable, tableOf, tryEngines } from "./engine_table.ts";

const page = await Deno.readTextFile(
  new URL("../../cluster/README.md", import.meta.url),
);

Deno.test("cluster/README.md says what the engines that are installed here do", async () => {
  const told = readTable(page);
  for (const [engine, found] of await tryEngines()) {
    for (const [feature, words] of found) {
      assertEquals(
        told.get(engine)?.get(feature),
        words,
        `${engine}: ${feature}`,
      );
    }
  }
});

Deno.test("formatTable() keeps what wasn't tried, and reads back", () => {
  const told = readTable(page);
  assertEquals(formatTable(new Map(), told), tableOf(page));
  const nats = new Map(FEATURES.map(({ name }) => [name, "no"]));
  const text = formatTable(new Map([["nats", nats]]), told);
  const again = readTable(`<!-- engines -->\n\n${text}\n\n<!-- /engines -->`);
  assertEquals(again, new Map([...told, ["nats", nats]]));
});
