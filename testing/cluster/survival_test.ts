import { assert, assertEquals } from "@std/assert";
import { startCluster } from "../../workbook/cluster/cluster.ts";
import { peerTest } from "../peers.ts";
import { survive } from "./survival.ts";

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
