/** Breaks `period` in `publisher`: publishes one value and leaves. */
import { brokerUrl, publishOnce } from "../../lib/mod.ts";

await publishOnce(brokerUrl(), {
  topic: `/ex4/${Deno.hostname()}`,
  payload: 50,
});
