import { assert, assertEquals } from "@std/assert";
import mqtt, { type ISubscriptionGrant } from "mqtt";
import { startBroker } from "../../lib/mod.ts";
import { openClient } from "../../testing/clients/clients.ts";
import { within } from "../../testing/deadline.ts";
import {
  PAHO,
  publishWithPaho,
  subscribeWithPaho,
} from "../../testing/clients/paho.ts";
import { startProcess } from "../../testing/processes.ts";
import {
  type Script,
  startScriptedBroker,
} from "../../testing/brokers/scripted_broker.ts";
import { lessonAt } from "../../testing/project/lessons.ts";
import { test } from "../../testing/test_programs.ts";

const lesson = lessonAt(import.meta.url);

// The documents' running result.
const RUNNING_RESULT = `\
Connection returned with result code: 0
Received message, topic: hello payload: Hello world!
Received message, topic: temperature payload: 24.0
Received message, topic: humidity payload: 65%
Disconnection returned result: 0
`;

// The same steps with paho.
const PAHO_CLIENT = `${PAHO}
import threading

granted, arrived = threading.Semaphore(0), threading.Semaphore(0)

def say(*words):
    print(*words, flush=True)

def show(client, userdata, msg):
    say("Received message, topic:", msg.topic, "payload:", msg.payload.decode())
    arrived.release()

client = new_client()
client.on_connect = lambda *answer: say("Connection returned with result code:", answer[3])
client.on_disconnect = lambda *end: say("Disconnection returned result:", end[2])
client.on_subscribe = lambda *_: granted.release()
client.on_message = show
client.connect(sys.argv[1], int(sys.argv[2]))
client.loop_start()
for topics in "hello", [("temperature", 0), ("humidity", 0)]:
    client.subscribe(topics)
    granted.acquire(timeout=5)
for message in ("hello", "Hello world!"), ("temperature", "24.0"), ("humidity", "65%"):
    client.publish(*message)
    arrived.acquire(timeout=5)
client.disconnect()
client.loop_stop()
`;

// paho's results for what subscribe_forms and two_endings do.
const PAHO_RESULTS = `${PAHO}
import threading

def connect(client):
    connected = threading.Event()
    client.on_connect = lambda *_: connected.set()
    client.connect(sys.argv[1], int(sys.argv[2]))
    client.loop_start()
    connected.wait(5)
    return client

forms = {}
answered = threading.Semaphore(0)
def on_subscribe(client, userdata, mid, granted_qos):
    print(f"mid {mid}, granted {', '.join(map(str, granted_qos))}", flush=True)
    answered.release()

client = connect(new_client())
client.on_subscribe = on_subscribe
for arguments in [("my/topic", 2)], [("my/topic", 1)], [("my/topic", 0), ("another/topic", 2)]:
    client.subscribe(arguments)
    answered.acquire(timeout=5)

for way in "clean", "broken":
    ended = threading.Event()
    def on_disconnect(client, userdata, rc):
        print(f"Disconnection returned result: {rc}", flush=True)
        ended.set()
    first = connect(new_client("ending", reconnect_on_failure=False))
    first.on_disconnect = on_disconnect
    if way == "clean":
        first.disconnect()
    else:
        connect(new_client("ending"))
    ended.wait(5)
`;

test.broker("complete_client prints the running result", async (broker) => {
  const output = await lesson.run("complete_client", broker);
  assertEquals(output, { code: 0, stdout: RUNNING_RESULT, stderr: "" });
});

test.pahoOverMosquitto(
  "complete_client prints the running result, as paho does",
  async ({ host, port, url }, { paho }) => {
    const ours = await lesson.run("complete_client", { url });
    await using theirs = startProcess(paho, [
      ...["-c", PAHO_CLIENT],
      ...[host, `${port}`],
    ]);
    assertEquals((await theirs.end()).stdout, RUNNING_RESULT);
    assertEquals(ours.stdout, RUNNING_RESULT);
  },
);

Deno.test("complete_client publishes only once every topic is acknowledged", async () => {
  let acknowledgeSecond = () => {};
  const script: Script = (packet, connection) => {
    // What it publishes goes back to it.
    if (packet.cmd === "publish") connection.send(packet);
    if (packet.cmd !== "subscribe" || packet.subscriptions.length < 2) return;
    const { messageId = 0 } = packet;
    acknowledgeSecond = () =>
      connection.send({ cmd: "suback", granted: [0, 0], messageId });
    // Once it has printed this, it has read the first SUBACK, too.
    const flags = { qos: 0, dup: false, retain: false } as const;
    const message = { topic: "early", payload: "bird" };
    connection.send({ cmd: "publish", ...message, ...flags });
    return "answered";
  };
  await using broker = await startScriptedBroker(script);
  await using client = lesson.start("complete_client", broker);
  await client.untilPrinted("topic: early");
  assertEquals(
    broker.packets.map(({ cmd }) => cmd),
    ["connect", "subscribe", "subscribe"],
  );
  acknowledgeSecond();
  const { code, stdout } = await client.end();
  assertEquals(code, 0);
  assertEquals(
    stdout.replace("Received message, topic: early payload: bird\n", ""),
    RUNNING_RESULT,
  );
  assertEquals(broker.packets.at(-1)?.cmd, "disconnect");
});

Deno.test("complete_client names what doesn't come back in 5 seconds", async () => {
  await using broker = await startScriptedBroker((packet, connection) => {
    if (packet.cmd !== "publish" || packet.topic === "humidity") return;
    connection.send(packet);
    return undefined;
  });
  const { code, stderr } = await lesson.run("complete_client", broker);
  assertEquals({ code, stderr }, { code: 1, stderr: "Missing: humidity\n" });
  assertEquals(broker.packets.at(-1)?.cmd, "disconnect");
});

Deno.test("complete_client says in a line what goes wrong", async () => {
  const offline = await lesson.run("complete_client");
  assertEquals(offline, {
    code: 1,
    stdout: "",
    stderr: "connect ECONNREFUSED 127.0.0.1:1\n",
  });
  await using guarded = await startBroker({ port: 0, users: { ann: "x" } });
  const refused = await lesson.run("complete_client", guarded);
  assertEquals(refused.code, 1);
  assertEquals(refused.stderr, "Connection refused: Not authorized\n");
  await using strict = await startBroker({
    port: 0,
    rules: [{ subscribe: ["hello"] }],
  });
  const denied = await lesson.run("complete_client", strict);
  assertEquals(denied.code, 1);
  assertEquals(denied.stderr, "Subscribe error: Unspecified error\n");
});

test.scripted("first_client subscribes, and ends well on SIGTERM", async (broker) => {
  await using client = lesson.start("first_client", broker);
  await within("SUBSCRIBE", broker.received("subscribe"));
  const { code, stdout, stderr } = await client.stop();
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  const [first, , , , last] = RUNNING_RESULT.split(/(?<=\n)/);
  assertEquals(stdout, `${first}${last}`);
  assertEquals(
    broker.packets.map(({ cmd }) => cmd),
    ["connect", "subscribe", "disconnect"],
  );
});

test.scripted("first_client prints another result when the connection breaks", async (broker) => {
  await using client = lesson.start("first_client", broker);
  await within("SUBSCRIBE", broker.received("subscribe"));
  broker.connections[0]?.socket.destroy();
  await client.untilPrinted("Disconnection returned result: 7\n");
});

test.scripted("subscribe_forms prints what the broker grants each form", async (broker) => {
  const output = await lesson.run("subscribe_forms", broker);
  assertEquals(output, {
    code: 0,
    stdout: 'subscribe("my/topic", 2): mid 1, granted 2\n' +
      'subscribe(("my/topic", 1)): mid 2, granted 1\n' +
      'subscribe([("my/topic", 0), ("another/topic", 2)]): ' +
      "mid 3, granted 0, 2\n",
    stderr: "",
  });
  const asked = broker.packets.flatMap((packet) =>
    packet.cmd === "subscribe" ? [[packet.messageId, packet.subscriptions]] : []
  );
  assertEquals(asked, [
    [1, [{ topic: "my/topic", qos: 2 }]],
    [2, [{ topic: "my/topic", qos: 1 }]],
    [3, [{ topic: "my/topic", qos: 0 }, { topic: "another/topic", qos: 2 }]],
  ]);
});

test.scripted("MQTT.js alone doesn't ask again for a topic that it has at a higher QoS", async (broker) => {
  const client = mqtt.connect(broker.url);
  try {
    const ask = (qos: 0 | 1 | 2) =>
      within("SUBACK", client.subscribeAsync("my/topic", { qos }));
    const first: ISubscriptionGrant[] = await ask(2);
    assertEquals(first.map(({ qos }) => qos), [2]);
    assertEquals(await ask(1), []);
  } finally {
    await client.endAsync(true);
  }
  const asked = broker.packets.filter(({ cmd }) => cmd === "subscribe");
  assertEquals(asked.length, 1);
});

test.broker("publish_results prints the message ids, and what can't be published", async (broker) => {
  await using subscriber = await openClient(broker.url);
  await subscriber.subscribe("my/topic", 2);
  const output = await lesson.run("publish_results", broker);
  assertEquals(output, {
    code: 0,
    stdout: "QoS 0: published, mid none\n" +
      "QoS 1: published, mid 1\n" +
      "QoS 2: published, mid 2\n" +
      'Not published: Topic name is "my/#": the wildcards + and # are for ' +
      "subscribing only\n" +
      'Not published: Message on "my/topic" was not published: the connection ' +
      "is closed\n",
    stderr: "",
  });
  const received = await subscriber.untilReceived(3);
  assertEquals(received.map(({ qos }) => qos).sort(), [0, 1, 2]);
});

test.broker("unsubscribe receives nothing more of its topic", async (broker) => {
  await using subscriber = await openClient(broker.url);
  await subscriber.subscribe("#");
  const { code, stdout } = await lesson.run("unsubscribe", broker);
  assertEquals(code, 0);
  assertEquals(
    stdout,
    "Received message, topic: temperature payload: 24.0\n" +
      "Unsubscribed: mid 2\n" +
      "Received message, topic: humidity payload: 65%\n",
  );
  // It was published all the same.
  const received = await subscriber.untilReceived(3);
  assertEquals(received.map(({ text }) => text), ["24.0", "25.0", "65%"]);
});

test.broker("two_endings is disconnected cleanly, and then thrown out", async (broker) => {
  const { code, stdout, stderr } = await lesson.run("two_endings", {
    ...broker,
    trace: true,
  });
  assertEquals(code, 0);
  assertEquals(
    stdout,
    "Disconnection returned result: 0\nDisconnection returned result: 7\n",
  );
  // Three connections, of which two say goodbye.
  assertEquals(stderr.match(/→ CONNECT/g)?.length, 3);
  assertEquals(stderr.match(/→ DISCONNECT/g)?.length, 2);
});

test.pahoOverMosquitto(
  "subscribe_forms and two_endings give the numbers that paho gives",
  async (mosquitto, { paho }) => {
    const { host, port, url } = mosquitto;
    await using process = startProcess(
      paho,
      ["-c", PAHO_RESULTS, host, `${port}`],
    );
    const theirs = await process.end();
    assertEquals(theirs.stderr, "");
    const forms = await lesson.run("subscribe_forms", { url });
    const endings = await lesson.run("two_endings", { url });
    assertEquals(
      forms.stdout.replaceAll(/^.*(?=mid)/gm, "") + endings.stdout,
      theirs.stdout,
    );
    const thrownOut = mosquitto.log().filter((line) =>
      /two_endings\S+ already connected, closing old connection/.test(line)
    );
    assertEquals(thrownOut.length, 1, mosquitto.log().join("\n"));
  },
);

test.pahoOverMosquitto("the clients talk with paho over mosquitto", async (mosquitto) => {
  const { url } = mosquitto;
  await using first = lesson.start("first_client", { url });
  await first.untilPrinted("Connection returned with result code: 0\n");
  await using subscriber = await subscribeWithPaho(url, "#", 10);
  await lesson.run("complete_client", { url });
  await lesson.run("publish_results", { url });
  await lesson.run("unsubscribe", { url });
  await publishWithPaho(url, [["hello", "from paho"]]);
  assertEquals(await subscriber.lines(), [
    "hello Hello world!",
    "temperature 24.0",
    "humidity 65%",
    "my/topic 24.0",
    "my/topic 24.0",
    "my/topic 24.0",
    "temperature 24.0",
    "temperature 25.0",
    "humidity 65%",
    "hello from paho",
  ]);
  await first.untilPrinted(
    "Received message, topic: hello payload: Hello world!\n" +
      "Received message, topic: hello payload: from paho\n",
  );
  assertEquals((await first.stop()).code, 0);
  assert(
    mosquitto.log().every((line) => !line.includes("closed its connection")),
  );
});
