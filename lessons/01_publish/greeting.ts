/**
 * @title Greet the world
 * @difficulty beginner
 * @tags publish, await using
 * @run deno run --allow-env --allow-net lessons/01_publish/greeting.ts
 *
 * The same in the fewest steps. What has to be closed is declared with
 * `await using`, and closes itself.
 */
import { brokerUrl, connect, exitWithError } from "../../lib/mod.ts";

try {
  // 1. Connect to the broker. Whatever happens below, the client will be closed
  // where its block ends.
  await using client = await connect(brokerUrl());

  // 2. Publish. The slash divides a topic into levels, like folders.
  await client.publishAsync("iot/greeting", "Hello world!");
} catch (error) {
  console.error("에러:");
  exitWithError(error);
}
