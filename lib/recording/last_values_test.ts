import { assertEquals } from "@std/assert";
import { LastValues } from "./last_values.ts";
import { times } from "../../testing/test.ts";

Deno.test("LastValues forgets the topic on which nothing has come for longest", () => {
  const values = new LastValues();
  values.set("live", 1);
  for (let index = 0; index < 15_000; index++) {
    values.set(`stranger/${index}`, index);
    if (index % 5_000 === 0) values.set("live", index);
  }
  assertEquals(values.get("live"), 10_000);
  assertEquals(values.get("stranger/5000"), undefined);
  assertEquals(values.get("stranger/5001"), 5001);
});

Deno.test("LastValues keeps a million characters of topics at most", () => {
  const values = new LastValues();
  const topics = times(40, (index) => `${index}/`.padEnd(50_000, "x"));
  for (const topic of topics) values.set(topic, 1);
  for (const topic of topics.slice(20)) values.set(topic, 2);
  assertEquals(
    topics.map((topic) => values.get(topic)),
    topics.map((_, index) => index < 20 ? undefined : 2),
  );
});
