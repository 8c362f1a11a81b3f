import { assertEquals, assertStringIncludes } from "@std/assert";
import { startBroker } from "../../lib/mod.ts";
import { openClient } from "../../testing/clients/clients.ts";
import { startMosquitto } from "../../testing/brokers/mosquitto.ts";
import { peerTest } from "../../testing/peers.ts";
import { runLesson } from "../../testing/project/lessons.ts";
import { subscribeWithPaho } from "../../testing/clients/paho.ts";

Deno.test("publisher prints Connecté, publishes allo and disconnects", async () => {
  const lines: string[] = [];
  await using broker = await startBroker({
    port: 0,
    log: (line) => lines.push(line),
  });
  await using subscriber = await openClient(broker.url);
  await subscriber.subscribe("#");
  const { code, stdout, stderr } = await runLesson(
    import.meta.url,
    "publisher",
    { url: broker.url, variables: { MQTT_TRACE: "1" } },
  );
  assertEquals({ code, stdout }, { code: 0, stdout: "Connecté\n" });
  const [message] = await subscriber.untilReceived(1);
  assertEquals([message?.topic, message?.text], ["test", "allo"]);
  const packets = [...stderr.matchAll(/[→←] (\w+)/g)].map(([, name]) => name);
  assertEquals(packets, ["CONNECT", "CONNACK", "PUBLISH", "DISCONNECT"]);
});

Deno.test("publisher prints the code with which the broker refuses it", async () => {
  await using broker = await startBroker({ port: 0, users: { ann: "x" } });
  const { code, stdout, stderr } = await runLesson(
    import.meta.url,
    "publisher",
    { url: broker.url },
  );
  assertEquals({ code, stdout }, { code: 1, stdout: "Erreur code 5\n" });
  assertStringIncludes(stderr, "refused the connection: not authorized");
});

Deno.test("greeting publishes Hello world! and prints nothing", async () => {
  await using broker = await startBroker({ port: 0 });
  await using subscriber = await openClient(broker.url);
  await subscriber.subscribe("iot/#");
  const { code, stdout, stderr } = await runLesson(
    import.meta.url,
    "greeting",
    { url: broker.url },
  );
  assertEquals({ code, stdout, stderr }, { code: 0, stdout: "", stderr: "" });
  const [message] = await subscriber.untilReceived(1);
  assertEquals([message?.topic, message?.text], [
    "iot/greeting",
    "Hello world!",
  ]);
});

peerTest(
  ["mosquitto", "paho"],
  "publisher and greeting are received by paho over mosquitto",
  async () => {
    await using mosquitto = await startMosquitto();
    const { url } = mosquitto;
    await using subscriber = await subscribeWithPaho(url, "#", 2);
    await runLesson(import.meta.url, "publisher", { url });
    await runLesson(import.meta.url, "greeting", { url });
    assertEquals(await subscriber.lines(), [
      "test allo",
      "iot/greeting Hello world!",
    ]);
  },
);
