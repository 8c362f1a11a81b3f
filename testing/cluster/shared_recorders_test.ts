import { assert, assertEquals } from "@std/assert";
import { startBroker } from "../../lib/mod.ts";
import { startMosquitto } from "../brokers/mosquitto.ts";
import { peerTest } from "../peers.ts";
import { test } from "../test_programs.ts";
import { recordTogether } from "./shared_recorders.ts";

const READINGS = 4000;

async function assertWhole(url: string): Promise<void> {
  const { missing, rows, together } = await recordTogether(url, READINGS);
  assertEquals(missing, 0);
  assertEquals(together, READINGS);
  assert(Math.min(...rows) > 0, `${rows}`);
}

test.unix("record --share loses and repeats nothing on the embedded broker, when one is killed", async () => {
  await using broker = await startBroker({ port: 0 });
  await assertWhole(broker.url);
});

peerTest(
  ["mosquitto"],
  "record --share loses and repeats nothing on mosquitto, when one is killed",
  async () => {
    await using mosquitto = await startMosquitto({
      config: "allow_anonymous true\nmax_queued_messages 100000\n",
    });
    await assertWhole(mosquitto.url);
  },
);
