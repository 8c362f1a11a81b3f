import { assertEquals, assertStringIncludes } from "@std/assert";
import { messages, startBroker } from "../../lib/mod.ts";
import { within } from "../../testing/deadline.ts";
import { startMosquitto } from "../../testing/brokers/mosquitto.ts";
import { peerTest } from "../../testing/peers.ts";
import { startProcess } from "../../testing/processes.ts";
import { startCommand } from "../../testing/project/commands.ts";
import { test } from "../../testing/test_programs.ts";

peerTest(
  ["mosquitto", "mosquitto_sub"],
  "sensors is received by mosquitto_sub",
  async ({ mosquitto_sub }) => {
    await using mosquitto = await startMosquitto();
    await using subscriber = startProcess(mosquitto_sub, [
      ...["-p", `${mosquitto.port}`, "-h", "127.0.0.1", "-t", "iot/user1/#"],
      ...["-v", "-C", "20"],
    ]);
    await using sensors = startCommand("sensors", [
      "-h",
      mosquitto.url,
      "--speed",
      "50",
    ]);
    const { code, stdout } = await subscriber.end();
    assertEquals(code, 0);
    const topics = new Set(
      stdout.trim().split("\n").map((line) => line.split(" ")[0]),
    );
    assertEquals(
      [...topics].sort(),
      ["dust", "humi", "illu", "temp"].map((name) => `iot/user1/${name}`),
    );
    assertEquals((await sensors.stop()).code, 0);
  },
);

test.unix("sensors says once each way that the broker went and came back, and ends on SIGINT", async () => {
  const broker = await startBroker({ port: 0 });
  await using sensors = startCommand("sensors", [
    "-h",
    broker.url,
    "--speed",
    "50",
  ]);
  await sensors.untilPrinted("iot/user1/temp");
  await broker.close();
  await sensors.untilLogged("lost");
  await using again = await startBroker({ port: broker.port });
  const source = messages(again.url, "iot/#");
  await within("a reading after the restart", source.next(), 30_000);
  await source.return();
  const { code, stderr } = await sensors.stop("SIGINT");
  assertEquals(code, 0);
  assertEquals(stderr.trim().split("\n").length, 2, stderr);
  assertStringIncludes(stderr, "again after");
});
