import { assertEquals } from "@std/assert";
import { startBroker } from "../broker.ts";
import { openBroker } from "../../testing/brokers/embedded_broker.ts";
import { times } from "../../testing/test.ts";
import { test } from "../../testing/peer_tests.ts";
import { openClient } from "../../testing/clients/clients.ts";
import { PAHO } from "../../testing/clients/paho.ts";
import { runPeer, startProcess } from "../../testing/processes.ts";

/** What all of paho's programs here begin with. */
const PAHO5 = `${PAHO}
import threading
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions
port = int(sys.argv[1])
def properties(kind, **values):
    result = Properties(kind)
    for name, value in values.items(): setattr(result, name, value)
    return result
def connect(client, **options):
    client.connect("127.0.0.1", port, **options)
`;

const RECORDER = `${PAHO5}
qos, count = map(int, sys.argv[2:4])
received = []
def on_connect(client, data, flags, reason, properties):
    if not flags["session present"]:
        client.subscribe("iot/#", options=SubscribeOptions(qos))
    print(reason, flags["session present"], flush=True)
def on_message(client, data, message):
    received.append(message.payload.decode())
    assert message.properties.UserProperty == [("number", received[-1])]
    if len(received) == count: client.disconnect()
client = new_client("recorder", protocol=mqtt.MQTTv5)
client.on_connect, client.on_message = on_connect, on_message
client.on_subscribe = lambda client, *rest: client.disconnect()
connect(client, clean_start=False,
    properties=properties(PacketTypes.CONNECT, SessionExpiryInterval=600))
client.loop_forever()
print(" ".join(received))
`;

const PUBLISHER = `${PAHO5}
qos, count = map(int, sys.argv[2:4])
client = new_client(protocol=mqtt.MQTTv5)
connect(client)
client.loop_start()
published = [
    client.publish("iot/x", str(n), qos, properties=properties(
        PacketTypes.PUBLISH, UserProperty=("number", str(n))))
    for n in range(count)]
for message in published: message.wait_for_publish()
client.disconnect()
`;

test.paho("startBroker() keeps for paho's MQTT 5 session what paho publishes meanwhile", async ({ paho }) => {
  await using broker = await startBroker({ port: 0 });
  for (const qos of ["1", "2"]) {
    const numbers = [String(broker.port), qos, "2000"];
    const first = await runPeer(paho, ["-c", RECORDER, ...numbers]);
    assertEquals(first, "Success 0\n\n");
    await runPeer(paho, ["-c", PUBLISHER, ...numbers]);
    const second = await runPeer(paho, ["-c", RECORDER, ...numbers]);
    const all = times(2_000, (index) => index).join(" ");
    assertEquals(second, `Success 1\n${all}\n`);
    // The next turn begins without a session.
    await using end = await openClient(broker.url, { clientId: "recorder" });
    assertEquals(end.client.connected, true);
  }
});

const RESPONDER = `${PAHO5}
def on_message(client, data, message):
    request = message.properties
    client.publish(request.ResponseTopic, message.payload.upper(), 1,
        properties=properties(PacketTypes.PUBLISH,
            CorrelationData=request.CorrelationData))
client = new_client(protocol=mqtt.MQTTv5)
client.on_message = on_message
client.on_subscribe = lambda *rest: print("ready", flush=True)
connect(client)
client.subscribe("questions", 1)
client.loop_forever()
`;

const REQUESTER = `${PAHO5}
answers = {}
def on_message(client, data, message):
    answers[message.properties.CorrelationData] = message.payload.decode()
    if len(answers) == 3: client.disconnect()
def on_subscribe(client, *rest):
    for number in range(3):
        client.publish("questions", "question %d" % number, 1,
            properties=properties(PacketTypes.PUBLISH,
                ResponseTopic="answers/me", CorrelationData=bytes([number])))
client = new_client(protocol=mqtt.MQTTv5)
client.on_message, client.on_subscribe = on_message, on_subscribe
connect(client)
client.subscribe("answers/me", 1)
client.loop_forever()
print([answers[bytes([number])] for number in range(3)])
`;

test.paho("startBroker() carries requests and their responses between paho's clients", async ({ paho }) => {
  await using broker = await startBroker({ port: 0 });
  const port = String(broker.port);
  await using responder = startProcess(paho, ["-c", RESPONDER, port]);
  await responder.untilPrinted("ready");
  const printed = await runPeer(paho, ["-c", REQUESTER, port]);
  assertEquals(printed, "['QUESTION 0', 'QUESTION 1', 'QUESTION 2']\n");
});

const REFUSED = `${PAHO5}
def on_connect(client, data, flags, reason, properties):
    print(reason)
    if reason.value == 0: client.subscribe([
        ("open/#", SubscribeOptions(1)), ("closed/#", SubscribeOptions(1))])
def on_subscribe(client, data, mid, reasons, properties):
    print([str(reason) for reason in reasons])
    client.disconnect()
client = new_client(protocol=mqtt.MQTTv5)
client.on_connect, client.on_subscribe = on_connect, on_subscribe
if len(sys.argv) > 2: client.username_pw_set("ann", sys.argv[2])
connect(client)
while client.loop(1) == 0: pass
`;

test.paho("startBroker() tells paho in MQTT 5 why it refuses a login, and a subscription", async ({ paho }) => {
  await using broker = await openBroker({
    users: { ann: "secret" },
    rules: [{ subscribe: ["open/#"] }],
  });
  const run = (...login: string[]) =>
    runPeer(paho, ["-c", REFUSED, String(broker.port), ...login]);
  assertEquals(await run(), "Not authorized\n");
  assertEquals(await run("wrong"), "Bad user name or password\n");
  assertEquals(
    await run("secret"),
    "Success\n['Granted QoS 1', 'Not authorized']\n",
  );
});

const SHARING = `${PAHO5}
share = [[], []]
def member(number):
    client = new_client(protocol=mqtt.MQTTv5)
    granted = threading.Event()
    client.on_subscribe = lambda *rest: granted.set()
    client.on_message = lambda client, data, message: take(number, message)
    connect(client)
    client.subscribe("$share/pair/jobs", 1)
    client.loop_start()
    assert granted.wait(20)
    return client
done = threading.Event()
def take(number, message):
    share[number].append(int(message.payload))
    if len(share[0]) + len(share[1]) == 100: done.set()
members = [member(number) for number in range(2)]
for number in range(100): members[0].publish("jobs", str(number), 1)
assert done.wait(20)
for client in members:
    client.disconnect()
    client.loop_stop()
both = sorted(share[0] + share[1])
print(len(share[0]) > 0, len(share[1]) > 0, both == list(range(100)))
`;

test.paho("startBroker() gives each message to one of two of paho's clients that share", async ({ paho }) => {
  await using broker = await startBroker({ port: 0 });
  const printed = await runPeer(paho, ["-c", SHARING, String(broker.port)]);
  assertEquals(printed, "True True True\n");
});

const EXPIRING = `${PAHO5}
client = new_client(protocol=mqtt.MQTTv5)
connect(client)
client.loop_start()
for topic, seconds in ("kept/short", 1), ("kept/long", 600):
    client.publish(topic, "21", 1, True, properties=properties(
        PacketTypes.PUBLISH, MessageExpiryInterval=seconds)).wait_for_publish()
client.disconnect()
client.loop_stop()
`;

const UNEXPIRED = `${PAHO5}
def on_message(client, data, message):
    if message.topic == "end": return client.disconnect()
    left = message.properties.MessageExpiryInterval
    print(message.topic, message.payload.decode(), 0 < left < 600)
client = new_client(protocol=mqtt.MQTTv5)
client.on_message = on_message
client.on_subscribe = lambda client, *rest: client.publish("end", "", 1)
connect(client)
client.subscribe([(topic, SubscribeOptions(1)) for topic in ("kept/#", "end")])
client.loop_forever()
`;

test.paho("startBroker() tells paho how long a message lasts, and drops it after that", async ({ paho }) => {
  await using broker = await startBroker({ port: 0 });
  const port = String(broker.port);
  await runPeer(paho, ["-c", EXPIRING, port]);
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  assertEquals(
    await runPeer(paho, ["-c", UNEXPIRED, port]),
    "kept/long 21 True\n",
  );
});

const DELAYED_WILL = `${PAHO5}
import time
died, granted = threading.Event(), threading.Event()
wills = []
def on_message(client, data, message):
    wills.append((message.payload.decode(), message.properties.UserProperty))
    died.set()
def new_sensor(name, delay):
    sensor = new_client(name, protocol=mqtt.MQTTv5)
    sensor.will_set("died", name, 1, properties=properties(
        PacketTypes.WILLMESSAGE, WillDelayInterval=delay,
        UserProperty=("room", "hall")))
    return sensor
def connect_until_there(sensor):
    there = threading.Event()
    sensor.on_connect = lambda *rest: there.set()
    connect(sensor, properties=properties(
        PacketTypes.CONNECT, SessionExpiryInterval=600), clean_start=False)
    sensor.loop_start()
    assert there.wait(20)
def cut(sensor):
    sensor.loop_stop()
    sensor.socket().shutdown(2)
watcher = new_client(protocol=mqtt.MQTTv5)
watcher.on_message = on_message
watcher.on_subscribe = lambda *rest: granted.set()
connect(watcher)
watcher.subscribe("died", 1)
watcher.loop_start()
assert granted.wait(20)
gone, back = new_sensor("gone", 2), new_sensor("back", 600)
for sensor in gone, back: connect_until_there(sensor)
start = time.monotonic()
for sensor in gone, back: cut(sensor)
connect_until_there(new_sensor("back", 600))
assert died.wait(20)
print(wills, time.monotonic() - start >= 1.9)
`;
test.paho("startBroker() waits with paho's will as long as it says, or until paho is back", async ({ paho }) => {
  await using broker = await startBroker({ port: 0 });
  const port = String(broker.port);
  const printed = await runPeer(paho, ["-c", DELAYED_WILL, port]);
  assertEquals(printed, "[('gone', [('room', 'hall')])] True\n");
});
