import { assert, assertEquals } from "@std/assert";
import { test } from "../peer_tests.ts";
import { runBridge } from "./bridge.ts";

test.mosquitto("runBridge() loses nothing while the centre is away and the classroom's broker is killed", async () => {
  const { repeated, ...result } = await runBridge({
    readings: 1000,
    awaySeconds: 3,
  });
  assertEquals(result, { acknowledged: 1000, lost: 0 });
  assert(repeated < 1000);
});
