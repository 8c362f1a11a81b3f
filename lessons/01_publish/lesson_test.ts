import { assertEquals, assertStringIncludes } from "@std/assert";
import { startBroker } from "../../lib/mod.ts";
import { openClient } from "../../testing/clients/clients.ts";
import { lessonAt, tracedPackets } from "../../testing/project/lessons.ts";
import { subscribeWithPaho } from "../../testing/clients/paho.ts";
import { test } from "../../testing/test_programs.ts";

const lesson = lessonAt(import.meta.url);

Deno.test("publisher prints Connecté, publishes allo and disconnects", async () => {
  const lines: string[] = [];
  await using broker = await startBroker({
    port: 0,
    log: (line) => lines.push(line),
  });
  await using subscriber = await openClient(broker.url);
  await subscriber.subscribe("#");
  const { code, stdout, stderr } = await lesson.run("publisher", {
    ...broker,
    trace: true,
  });
  assertEquals({ code, stdout }, { code: 0, stdout: "Connecté\n" });
  const [message] = await subscriber.untilReceived(1);
  assertEquals([message?.topic, message?.text], ["test", "allo"]);
  const packets = tracedPackets(stderr);
  assertEquals(packets, ["CONNECT", "CONNACK", "PUBLISH", "DISCONNECT"]);
});

Deno.test("publisher prints the code with which the broker refuses it", async () => {
  await using broker = await startBroker({ port: 0, users: { ann: "x" } });
  const { code, stdout, stderr } = await lesson.run("publisher", broker);
  assertEquals({ code, stdout }, { code: 1, stdout: "Erreur code 5\n" });
  assertStringIncludes(stderr, "refused the connection: not authorized");
});

test.anyBroker("greeting publishes Hello world! and prints nothing", async (broker) => {
  await using subscriber = await openClient(broker.url);
  await subscriber.subscribe("iot/#");
  const { code, stdout, stderr } = await lesson.run("greeting", broker);
  assertEquals({ code, stdout, stderr }, { code: 0, stdout: "", stderr: "" });
  const [message] = await subscriber.untilReceived(1);
  assertEquals([message?.topic, message?.text], [
    "iot/greeting",
    "Hello world!",
  ]);
});

test.pahoOverMosquitto("publisher and greeting are received by paho over mosquitto", async (mosquitto) => {
  await using subscriber = await subscribeWithPaho(mosquitto.url, "#", 2);
  await lesson.run("publisher", mosquitto);
  await lesson.run("greeting", mosquitto);
  assertEquals(await subscriber.lines(), [
    "test allo",
    "iot/greeting Hello world!",
  ]);
});
