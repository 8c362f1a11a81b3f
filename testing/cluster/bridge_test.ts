import { assertEquals } from "@std/assert";
import { test } from "../peer_tests.ts";
import { runBridge } from "./bridge.ts";

test.mosquitto("runBridge() loses nothing while the centre is away and the classroom's broker is killed", async () => {
  const { acknowledged, lost } = await runBridge({
    readings: 1000,
    awaySeconds: 3,
  });
  assertEquals({ acknowledged, lost }, { acknowledged: 1000, lost: 0 });
});
