import { assert, assertEquals } from "@std/assert";
import { startBroker } from "../../lib/mod.ts";
import { openClient } from "../../testing/clients/clients.ts";
import type { Mosquitto } from "../../testing/brokers/mosquitto.ts";
import {
  PAHO,
  publishWithPaho,
  subscribeWithPaho,
} from "../../testing/clients/paho.ts";
import { startProcess } from "../../testing/processes.ts";
import { lessonAt } from "../../testing/project/lessons.ts";
import { test } from "../../testing/test_programs.ts";

const lesson = lessonAt(import.meta.url);
const OFFLINE = "MQTT Broker is not online. Connect later.\n";
const LOOPING = "Looping...\n";
const END = "quit mqtt thread\nexit program\n";
const TOPIC = "tw/rocksaying/news";
const SIGNALS = ["SIGTERM", "SIGQUIT", "SIGINT"] as const;

const printed = (payload: string, topic = TOPIC) =>
  `topic: ${topic}\npayload: ${payload}\nqos: 0\n`;

/** Waits until mosquitto has granted so many subscriptions in all. */
async function untilGranted({ log }: Mosquitto, count: number): Promise<void> {
  const deadline = performance.now() + 30_000;
  const granted = () => log().filter((line) => /^Sending SUBACK/.test(line));
  while (granted().length < count) {
    assert(performance.now() < deadline, `No SUBACK:\n${log().join("\n")}`);
    // mosquitto's log is all that tells, and it has no event to wait for.
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test.broker("subscriber prints topic, payload and QoS of what publisher publishes", async (broker) => {
  await using service = lesson.start("subscriber", broker);
  await service.untilPrinted(LOOPING);
  for (const args of [[], ["你好", "mqtt"]]) {
    const outcome = await lesson.run("publisher", { url: broker.url, args });
    assertEquals(outcome, { code: 0, stdout: "", stderr: "" });
  }
  const messages = ["hello mqtt", "你好", "mqtt"]
    .map((payload) => printed(payload, "tw/rocksaying/greeting"));
  await service.untilPrinted(messages.join(""));
  assertEquals(await service.stop(), {
    code: 0,
    stdout: LOOPING + messages.join("") + END,
    stderr: "",
  });
});

test.pahoOverMosquitto("subscriber starts before its broker, and receives paho's messages after each start of it", async (mosquitto) => {
  const { url } = mosquitto;
  await mosquitto.stop();
  await using service = lesson.start("subscriber", { url });
  await service.untilPrinted(OFFLINE + LOOPING);

  await mosquitto.start();
  await untilGranted(mosquitto, 1);
  await publishWithPaho(url, [[TOPIC, "first start"]]);
  await service.untilPrinted(printed("first start"));

  await mosquitto.stop();
  await service.untilLogged(" lost: ");
  await mosquitto.start();
  await untilGranted(mosquitto, 2);
  await publishWithPaho(url, [[TOPIC, "second start"]], 2);
  await service.untilPrinted(printed("second start"));

  const { code, stdout } = await service.stop();
  assertEquals({ code, stdout }, {
    code: 0,
    stdout: OFFLINE + LOOPING + printed("first start") +
      printed("second start") + END,
  });
});

for (const signal of SIGNALS) {
  test.overMosquitto(`subscriber sends DISCONNECT and exits 0 on ${signal}`, async (mosquitto) => {
    const { url, log } = mosquitto;
    await using service = lesson.start("subscriber", { url });
    await service.untilPrinted(LOOPING);
    assertEquals(await service.stop(signal), {
      code: 0,
      stdout: LOOPING + END,
      stderr: "",
    });
    // What mosquitto does for a later client, it does after all of this.
    await (await openClient(url, { clientId: "later" }))
      [Symbol.asyncDispose]();
    await mosquitto.stop();
    const ends = log().filter((line) => /DISCONNECT|closed its/.test(line));
    assertEquals(ends.length, 2, log().join("\n"));
    assert(/^Received DISCONNECT from mqttjs_/.test(ends[0] ?? ""), ends[0]);
  });

  Deno.test(`subscriber that waits for its broker exits 0 on ${signal}`, async () => {
    await using service = lesson.start("subscriber");
    await service.untilPrinted(LOOPING);
    await service.untilLogged("trying again");
    const { code, stdout } = await service.stop(signal);
    assertEquals({ code, stdout }, {
      code: 0,
      stdout: OFFLINE + LOOPING + END,
    });
  });
}

Deno.test("subscriber doesn't try again where it is refused", async () => {
  await using broker = await startBroker({ port: 0, users: { ann: "x" } });
  const outcome = await lesson.run("subscriber", broker);
  assertEquals(outcome, {
    code: 1,
    stdout: "",
    stderr: `Broker at 127.0.0.1:${broker.port} refused the connection: ` +
      "not authorized (code 5)\n",
  });
});

Deno.test("subscriber ends where its broker comes back and refuses it", async () => {
  const first = await startBroker({ port: 0 });
  const { url, port } = first;
  await using service = lesson.start("subscriber", { url });
  await service.untilPrinted(LOOPING);
  await first.close();
  await using _second = await startBroker({ port, users: { ann: "x" } });
  const { code, stdout, stderr } = await service.end();
  assertEquals({ code, stdout }, { code: 1, stdout: LOOPING });
  assert(stderr.endsWith("not authorized (code 5)\n"), stderr);
});

Deno.test("subscriber and publisher exit 2 if the address is none", async () => {
  for (const program of ["subscriber", "publisher"]) {
    const { code, stdout, stderr } = await lesson.run(program, {
      url: "http://localhost",
    });
    assertEquals({ code, stdout }, { code: 2, stdout: "" });
    assert(/^Broker address "http:\/\/localhost" is not .*\n$/.test(stderr));
  }
});

test.pahoOverMosquitto("publisher is received by paho over mosquitto", async ({ url }) => {
  await using subscriber = await subscribeWithPaho(url, "tw/rocksaying/#", 2);
  await lesson.run("publisher", { url, args: ["你好", "ok"] });
  assertEquals(await subscriber.lines(), [
    "tw/rocksaying/greeting 你好",
    "tw/rocksaying/greeting ok",
  ]);
});

// What the page says of the document's reconnect(), on paho itself.
const RECONNECT = `${PAHO}
received = []
subscribed = 0

def on_connect(client, userdata, flags, rc):
    client.subscribe("tw/rocksaying/#")

def on_subscribe(client, userdata, mid, granted):
    global subscribed
    subscribed += 1

def on_message(client, userdata, msg):
    received.append(msg.payload.decode())

service = new_client("service")
service.on_connect, service.on_subscribe = on_connect, on_subscribe
service.on_message = on_message
service.will_set("tw/died", "service", qos=1)
watcher = new_client("watcher")
watcher.on_message = on_message
for client in (service, watcher):
    client.connect("127.0.0.1", int(sys.argv[1]))
watcher.subscribe("tw/died", 1)
watcher.loop_start()

def loop_until(done):
    while not done():
        service.loop(0.1)

def publish(text):
    watcher.publish("tw/rocksaying/news", text, 1).wait_for_publish(5)

loop_until(lambda: subscribed == 1)
publish("before")
loop_until(lambda: "before" in received)
service.reconnect()
publish("meanwhile")
loop_until(lambda: subscribed == 2)
publish("after")
loop_until(lambda: "after" in received and "service" in received)
print(*(text for text in received if text != "service"), flush=True)
service.disconnect()
watcher.disconnect()
watcher.loop_stop()
`;

test.pahoOverMosquitto(
  "paho's reconnect() cuts a healthy connection, fires its will, and loses messages",
  async ({ port, log }, { paho }) => {
    await using document = startProcess(paho, ["-c", RECONNECT, `${port}`]);
    const { code, stdout, stderr } = await document.end();
    assertEquals({ code, stdout, stderr }, {
      code: 0,
      stdout: "before after\n",
      stderr: "",
    });
    assert(log().includes("Client service closed its connection."));
  },
);
