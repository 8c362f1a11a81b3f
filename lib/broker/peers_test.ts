import { assertEquals, assertMatch } from "@std/assert";
import { startBroker } from "../broker.ts";
import { CA_FILE, LOCALHOST } from "../../testing/certificates/certificates.ts";
import { openClient } from "../../testing/clients/clients.ts";
import { PAHO } from "../../testing/clients/paho_script.ts";
import { peerTest } from "../../testing/peers.ts";
import { startProcess } from "../../testing/processes.ts";
import { placeFlags, runPeer } from "../../testing/run_peer.ts";
import { times } from "../../testing/times.ts";

const HOST = "127.0.0.1";

peerTest(
  ["mosquitto_sub", "mosquitto_pub"],
  "startBroker() carries mosquitto_pub's lines to mosquitto_sub at every QoS",
  async ({ mosquitto_sub, mosquitto_pub }) => {
    await using broker = await startBroker({ port: 0 });
    const lines = times(2_000, (index) => `line ${index}`);
    // A kept message tells when the subscription stands.
    await using client = await openClient(broker.url);
    await client.publish("ready", "go", { retain: true, qos: 1 });
    for (const qos of ["0", "1", "2"]) {
      const flags = [...placeFlags(broker), "-t", "lines", "-q", qos];
      await using subscriber = startProcess(mosquitto_sub, [
        ...flags,
        ...["-t", "ready", "-C", String(lines.length + 1), "-W", "20"],
      ]);
      await subscriber.untilPrinted("go");
      await using publisher = startProcess(mosquitto_pub, [...flags, "-l"]);
      await publisher.write(lines.join("\n") + "\n");
      assertEquals((await publisher.end()).code, 0);
      const { stdout } = await subscriber.end();
      assertEquals(stdout.trimEnd().split("\n"), ["go", ...lines]);
    }
  },
);

peerTest(
  ["mosquitto_sub", "mosquitto_pub"],
  "startBroker() keeps a session for mosquitto_sub -c, and 3 MB for its retained file",
  async ({ mosquitto_sub, mosquitto_pub }) => {
    await using broker = await startBroker({ port: 0 });
    const session = [...placeFlags(broker), "-i", "rec", "-c", "-q", "1"];
    await runPeer(mosquitto_sub, [...session, "-t", "iot/#", "-E"]);
    const file = await Deno.makeTempFile();
    try {
      await Deno.writeTextFile(file, "0123456789".repeat(300_000));
      const about = [...placeFlags(broker), "-t", "iot/file", "-f", file];
      await runPeer(mosquitto_pub, [...about, "-q", "1", "-r"]);
      const text = await Deno.readTextFile(file);
      const offline = [...session, "-t", "iot/#", "-N", "-C", "1", "-W", "20"];
      assertEquals(await runPeer(mosquitto_sub, offline), text);
      const kept = ["-t", "iot/file", "-N", "-C", "1", "-W", "20"];
      assertEquals(
        await runPeer(mosquitto_sub, [...placeFlags(broker), ...kept]),
        text,
      );
    } finally {
      await Deno.remove(file);
    }
  },
);

peerTest(
  ["mosquitto_sub", "mosquitto_pub"],
  "startBroker() gives mosquitto's clients TLS, passwords, wills and refusals",
  async ({ mosquitto_sub, mosquitto_pub }) => {
    await using broker = await startBroker({
      port: 0,
      tls: { ...LOCALHOST, port: 0 },
      users: { ann: "secret" },
      rules: [{ publish: ["#"], subscribe: ["wills/#"] }],
    });
    const { port } = new URL(broker.tlsUrl!);
    const tls = ["-h", "localhost", "-p", port, "--cafile", CA_FILE];
    const ann = ["-u", "ann", "-P", "secret"];
    await runPeer(mosquitto_pub, [
      ...tls,
      ...ann,
      "-t",
      "a",
      "-m",
      "b",
      "-q",
      "1",
    ]);

    await using watcher = await openClient(broker.url, {
      username: "ann",
      password: "secret",
    });
    await watcher.subscribe("wills/#");
    await watcher.publish("wills/hello", "hi", { retain: true, qos: 1 });
    await using subscriber = startProcess(mosquitto_sub, [
      ...[...placeFlags(broker), ...ann, "-t", "wills/hello", "-t", "secret"],
      ...["--will-topic", "wills/ann", "--will-payload", "gone"],
    ]);
    await subscriber.untilPrinted("hi");
    subscriber.kill("SIGKILL");
    const received = await watcher.untilReceived(2);
    assertEquals(received.map(({ text }) => text), ["hi", "gone"]);

    for (const [flags, reason] of [[["-u", "ann", "-P", "no"], 4], [[], 5]]) {
      const about = [...placeFlags(broker), ...flags as string[], "-t", "a"];
      await using refused = startProcess(mosquitto_pub, [...about, "-n"]);
      const { code, stderr } = await refused.end();
      assertEquals(code, reason);
      assertMatch(stderr, /Connection Refused|not authorised/i);
    }
  },
);

const PAHO_RECORDER = `${PAHO}
port, qos, count = map(int, sys.argv[1:4])
received = []
def on_connect(client, data, flags, code):
    if not flags["session present"]: client.subscribe("iot/#", qos)
    print("session", flags["session present"], flush=True)
def on_message(client, data, message):
    received.append(message.payload.decode())
    if len(received) == count: client.disconnect()
client = new_client("recorder", clean_session=False)
client.on_connect, client.on_message = on_connect, on_message
client.on_subscribe = lambda client, *rest: client.disconnect()
client.connect("${HOST}", port)
client.loop_forever()
print(" ".join(received))
`;
const PAHO_PUBLISHER = `${PAHO}
port, qos, count = map(int, sys.argv[1:4])
client = new_client()
client.max_inflight_messages_set(100)
client.connect("${HOST}", port)
client.loop_start()
published = [client.publish("iot/x", str(n), qos) for n in range(count)]
for message in published: message.wait_for_publish()
client.disconnect()
`;

peerTest(
  ["paho"],
  "startBroker() keeps for paho's session what paho publishes meanwhile",
  async ({ paho }) => {
    await using broker = await startBroker({ port: 0 });
    for (const qos of ["1", "2"]) {
      const numbers = [String(broker.port), qos, "3000"];
      const first = await runPeer(paho, ["-c", PAHO_RECORDER, ...numbers]);
      assertEquals(first, "session 0\n\n");
      await runPeer(paho, ["-c", PAHO_PUBLISHER, ...numbers]);
      const second = await runPeer(paho, ["-c", PAHO_RECORDER, ...numbers]);
      const all = times(3_000, (index) => index).join(" ");
      assertEquals(second, `session 1\n${all}\n`);
      // The next turn begins without a session.
      await using end = await openClient(broker.url, { clientId: "recorder" });
      assertEquals(end.client.connected, true);
    }
  },
);
