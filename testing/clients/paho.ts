/**
 * Debian's paho as the other side of a lesson.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { findPeer } from "../peers.ts";
import { startProcess } from "../processes.ts";

/**
 * What the tests' Python programs begin with. They are written for paho 1, as the
 * course documents' are; paho 2 runs them, too, if it is told so, and warns.
 */
export const PAHO = `
import sys, warnings
import paho.mqtt.client as mqtt

def new_client(*values, **options):
    if not hasattr(mqtt, "CallbackAPIVersion"):
        return mqtt.Client(*values, **options)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        version = mqtt.CallbackAPIVersion.VERSION1
        return mqtt.Client(version, *values, **options)
`;

const CONNECT = `${PAHO}
import urllib.parse

url = urllib.parse.urlsplit(sys.argv[1])
client = new_client()
if url.username:
    client.username_pw_set(url.username, url.password)
client.connect(url.hostname, url.port)
`;

const SUBSCRIBER = `${CONNECT}
count = int(sys.argv[3])

def on_message(client, userdata, msg):
    global count
    print(msg.topic, msg.payload.decode(), flush=True)
    count -= 1
    if count == 0:
        client.disconnect()

client.on_message = on_message
client.on_subscribe = lambda *_: print("subscribed", flush=True)
client.subscribe(sys.argv[2], 2)
client.loop_forever()
`;

const PUBLISHER = `${CONNECT}
client.loop_start()
for topic, payload in zip(sys.argv[3::2], sys.argv[4::2]):
    client.publish(topic, payload, int(sys.argv[2])).wait_for_publish(5)
client.disconnect()
client.loop_stop()
`;

/** A subscriber that runs. Disposing of it kills it. */
interface PahoSubscriber extends AsyncDisposable {
  /** Waits for the messages: a line for each, topic and payload. */
  lines(): Promise<string[]>;
}

/**
 * Starts a paho subscriber and waits until the broker has granted its topics.
 *
 * @param filter The topic filter, subscribed to at QoS 2.
 */
export async function subscribeWithPaho(
  url: string,
  filter: string,
  count: number,
): Promise<PahoSubscriber> {
  const subscriber = startProcess(python(), [
    "-c",
    SUBSCRIBER,
    url,
    filter,
    `${count}`,
  ]);
  await subscriber.untilPrinted("subscribed\n");
  return {
    async lines() {
      const { code, stdout, stderr } = await subscriber.end();
      assertEquals(code, 0, stderr);
      return stdout.trimEnd().split("\n").slice(1);
    },
    [Symbol.asyncDispose]: () => subscriber[Symbol.asyncDispose](),
  };
}

/**
 * Publishes with paho and waits until all is confirmed.
 *
 * @param qos Their quality of service, 1 unless given.
 */
export async function publishWithPaho(
  url: string,
  messages: [topic: string, payload: string][],
  qos: 0 | 1 | 2 = 1,
): Promise<void> {
  await using publisher = startProcess(python(), [
    "-c",
    PUBLISHER,
    url,
    `${qos}`,
    ...messages.flat(),
  ]);
  const { code, stderr } = await publisher.end();
  assertEquals(code, 0, stderr);
}

function python(): string {
  const command = findPeer("paho");
  if (command === undefined) throw new Error("paho is not installed");
  return command;
}
