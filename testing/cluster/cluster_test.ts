import { assert, assertEquals } from "@std/assert";
import { startCluster } from "../../workbook/cluster/cluster.ts";
import { peerTest } from "../peers.ts";
import { survive } from "./survival.ts";
import { runBridge } from "./bridge.ts";
import { startBroker } from "../../lib/mod.ts";
import { startMosquitto } from "../brokers/mosquitto.ts";
import { test } from "../test_programs.ts";
import { recordTogether } from "./shared_recorders.ts";

peerTest(
  ["nats_server"],
  "three nodes lose nothing that they have acknowledged when one is killed",
  async () => {
    await using cluster = await startCluster("nats");
    const { acknowledged, lost, rejected, gaps } = await survive(cluster, {
      kills: 2,
      rate: 200,
      downSeconds: 1,
      restSeconds: 2,
      tell: () => {},
    });
    assert(acknowledged > 500, `${acknowledged}`);
    assertEquals([lost, rejected, gaps.length], [0, 0, 2]);
  },
);

test.mosquitto("runBridge() loses nothing while the centre is away and the classroom's broker is killed", async () => {
  const { acknowledged, lost } = await runBridge({
    readings: 1000,
    awaySeconds: 3,
  });
  assertEquals({ acknowledged, lost }, { acknowledged: 1000, lost: 0 });
});

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
