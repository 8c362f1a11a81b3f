import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { subscribe } from "../../lib/mod.ts";
import { CA, LOCALHOST } from "../../testing/certificates/certificates.ts";
import { within } from "../../testing/deadline.ts";
import { startMosquitto } from "../../testing/brokers/mosquitto.ts";
import {
  PAHO,
  publishWithPaho,
  subscribeWithPaho,
} from "../../testing/clients/paho.ts";
import { peerTest } from "../../testing/peers.ts";
import { startProcess } from "../../testing/processes.ts";
import { lessonAt } from "../../testing/project/lessons.ts";
import { test } from "../../testing/test_programs.ts";

const lesson = lessonAt(import.meta.url);

/** What each program prints on any broker, whose address stands as ADDRESS. */
const OUTPUTS: Record<string, string[]> = {
  will: [
    "iot/polite/status: online",
    "iot/cut/status: online",
    "iot/cut/status: died",
  ],
  session: [
    "session present: false",
    "session present: true",
    "iot/user1/temp 21 (QoS 1)",
    "iot/user1/temp 23 (QoS 1)",
  ],
  retained: [
    "first: off (retain true)",
    "first: blinking (retain false)",
    "second: blinking (retain false)",
  ],
  inflight: [
    "window 1: 1 of 20 in flight at most",
    "window 5: 5 of 20 in flight at most",
    "window 1000: 20 of 20 in flight at most",
  ],
  logger: [
    "DEBUG Sending publish",
    "DEBUG Received puback",
    "INFO Connection to ADDRESS lost: the broker closed the connection; connecting again",
    "DEBUG Sending connect",
    "DEBUG Received connack",
    "INFO Connected to ADDRESS again after S s",
    "DEBUG Sending disconnect",
  ],
  userdata: [
    "kitchen: 1, sum 1",
    "bath: 1, sum 1",
    "kitchen: 1, sum 2",
    "bath: 1, sum 2",
  ],
};

/** The same for a client that notices by itself what its broker can't tell it. */
const KEEPALIVE_OUTPUT = {
  keepalive: [
    "→ PINGREQ",
    "← PINGRESP",
    "the cable is pulled",
    "→ PINGREQ",
    "Connection to ADDRESS lost: it stopped answering pings; connecting again",
    "Connected to ADDRESS again after S s",
  ],
};

/** What each program of MQTT 5 prints on any broker that speaks it. */
const MQTT5_OUTPUTS: Record<string, string[]> = {
  mqtt5_session: [
    "clean start true, kept for 60 s: session present false",
    "clean start false, kept for 1 s: session present true",
    "clean start false, kept for 0 s: session present false",
  ],
  mqtt5_expiry: ["iot/long: on, good for S s more"],
  mqtt5_properties: [
    "PUBACK: no matching subscribers (16)",
    "PUBACK: success (0)",
    "iot/user1/temp: 22 °C, DHT22",
    "content type text/plain",
  ],
  mqtt5_receive_maximum: ["5 of 20 came, and none is acknowledged"],
  mqtt5_will_delay: ["iot/gone/status: died"],
  mqtt5_request_response: [
    "question 1: how warm is the kitchen?",
    "question 2: how warm is the bath?",
    "answer 2: 24 °C in the bath",
    "answer 1: 21 °C in the kitchen",
  ],
};

/** Runs programs side by side, and compares what they print. */
async function assertOutputs(
  url: string,
  outputs: Record<string, string[]>,
): Promise<void> {
  const runs = Object.entries(outputs).map(async ([program, lines]) => {
    const { code, stdout, stderr } = await lesson.run(program, { url });
    const printed = stdout.trimEnd()
      .replaceAll(/127\.0\.0\.1:\d+/g, "ADDRESS")
      .replaceAll(/(after|good for) \d+ s/g, "$1 S s");
    assertEquals(
      { program, code, printed: printed.split("\n"), stderr },
      { program, code: 0, printed: lines, stderr: "" },
    );
  });
  await all(runs);
}

/** Waits for all, also after one has failed, so that no program is left over. */
async function all(runs: Promise<void>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(runs)) {
    if (outcome.status === "rejected") throw outcome.reason;
  }
}

test.brokers("each option shows its effect", async ({ url }) => {
  await assertOutputs(url, OUTPUTS);
});

test.broker("keepalive shows its effect on the embedded broker", async (broker) => {
  await assertOutputs(broker.url, KEEPALIVE_OUTPUT);
});

test.brokers("each option of MQTT 5 shows its effect", async ({ url }) => {
  await assertOutputs(url, MQTT5_OUTPUTS);
});

/** Runs `mqtt5_shared`, and gives who has recorded which readings. */
async function shareReadings(url: string) {
  const { code, stdout, stderr } = await lesson.run("mqtt5_shared", { url });
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  const [, first = "", second = "", missing = ""] =
    /^first: (.*)\nsecond: (.*)\nmissing: (.*)\n$/.exec(stdout) ?? [];
  return {
    first: first.split(" ").map(Number),
    second: second.split(" ").map(Number),
    missing,
  };
}

const READINGS = Array.from({ length: 20 }, (_, index) => index + 1);

test.broker("mqtt5_shared loses nothing on the embedded broker, where one receiver is killed", async (broker) => {
  const { first, second, missing } = await shareReadings(broker.url);
  assertEquals([first.length, missing], [3, "none"]);
  const all = [...first, ...second].sort((one, other) => one - other);
  assertEquals(all, READINGS);
});

test.overMosquitto("mqtt5_shared shows that mosquitto hands nothing over", async ({ url }) => {
  const { first, second, missing } = await shareReadings(url);
  assertEquals([first.length, second.length], [3, 10]);
  assertEquals(missing.split(" ").length, 7);
});

Deno.test("websocket carries a message to TCP, and shows a transport that doesn't fit", async () => {
  const { code, stdout, stderr } = await lesson.run("websocket");
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  assertMatch(
    stdout,
    /^over TCP: iot\/greeting hello from WebSocket\nBroker at 127\.0\.0\.1:\d+ can't be reached: what it answers is not MQTT \(.*\)\n$/,
  );
});

Deno.test("bind_address shows where the broker sees its client", async () => {
  const { code, stdout, stderr } = await lesson.run("bind_address");
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  const notOurs =
    /Broker at \S+ can't be reached: the address to bind is not this machine's/;
  const [first, second, third] = stdout.split(/^from .*:\n/m).slice(1);
  assertEquals(first, "the broker sees 127.0.0.1\n");
  // macOS has only the first of the addresses that begin with 127.
  if (Deno.build.os === "darwin") assertMatch(second!, notOurs);
  else assertEquals(second, "the broker sees 127.0.0.2\n");
  assertMatch(third!, notOurs);
});

/** Runs programs in a folder of their own, where `certificates` is. */
async function openFolder() {
  const folder = await Deno.makeTempDir({ prefix: "certificates_" });
  return {
    certificates: `${folder}/certificates`,
    run: (program: string, ...args: string[]) =>
      lesson.run(program, { args, folder }),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

Deno.test("tls trusts what its authority has signed, for this host and in time", async () => {
  const authority = ["authority"];
  const right = ["certificate", "localhost", "365"];
  const attempts: [steps: string[][], code: number, line: RegExp][] = [
    [[authority, right], 0, /^connected, encrypted and to the right broker$/],
    [
      [authority, ["certificate", "localhost", "-1"]],
      1,
      /its certificate has expired: it was valid until [\d-]+ \(or .*\)$/,
    ],
    [
      [authority, ["certificate", "broker.example", "365"]],
      1,
      /for another host name: not for "localhost", but for "broker.example"$/,
    ],
    [
      [authority, right, authority],
      1,
      /its certificate is not signed by an authority that is trusted here$/,
    ],
  ];
  await all(attempts.map(async ([steps, expected, line]) => {
    await using folder = await openFolder();
    for (const [program = "", ...args] of steps) {
      const { code, stderr } = await folder.run(program, ...args);
      assertEquals({ code, stderr }, { code: 0, stderr: "" });
    }
    const { code, stdout, stderr } = await folder.run("tls");
    assertEquals(code, expected);
    assertMatch((code === 0 ? stdout : stderr).trimEnd(), line);
    assertEquals(code === 0 ? stderr : stdout, "");
  }));
});

Deno.test("tls takes certificates that openssl has made", async () => {
  await using folder = await openFolder();
  await Deno.mkdir(folder.certificates);
  await Deno.writeTextFile(`${folder.certificates}/ca.crt`, CA);
  const { cert, key } = LOCALHOST;
  await Deno.writeTextFile(`${folder.certificates}/broker.crt`, cert);
  await Deno.writeTextFile(`${folder.certificates}/broker.key`, key);
  const { stdout } = await folder.run("tls");
  assertEquals(stdout, "connected, encrypted and to the right broker\n");
});

Deno.test("certificate and tls say what they lack", async () => {
  await using folder = await openFolder();
  const misuses = [[], ["localhost"], ["localhost", "soon"]];
  await all(misuses.map(async (args) => {
    assertEquals(await folder.run("certificate", ...args), {
      code: 2,
      stdout: "",
      stderr: "Arguments must be a host name and days: localhost 365\n",
    });
  }));
  const early = [["certificate", "localhost", "1"], ["tls"]];
  await all(early.map(async ([program = "", ...args]) => {
    const { code, stderr } = await folder.run(program, ...args);
    assertEquals(code, 1);
    assertMatch(stderr, /^.*certificates\/(ca|broker)\.crt.*\n$/);
  }));
});

test.pahoOverMosquitto("paho receives the will and the retained messages over mosquitto", async (mosquitto) => {
  const { url } = mosquitto;
  await using gates = await subscribeWithPaho(url, "iot/+/status", 3);
  await using lamp = await subscribeWithPaho(url, "iot/user1/lamp", 5);
  await lesson.run("will", { url });
  await lesson.run("retained", { url });
  assertEquals(await gates.lines(), [
    "iot/polite/status online",
    "iot/cut/status online",
    "iot/cut/status died",
  ]);
  assertEquals(
    await lamp.lines(),
    ["on", "off", "blinking", "", "blinking"]
      .map((text) => `iot/user1/lamp ${text}`),
  );
  // Only the polite client's DISCONNECT reached the broker.
  const closed = mosquitto.log()
    .filter((line) => /closed its connection/.test(line));
  assertEquals(closed.length, 1, mosquitto.log().join("\n"));
});

test.pahoOverMosquitto("what paho publishes at QoS 1 waits for a session that outlives its client", async ({ url }) => {
  const topic = "iot/user1/temp";
  const received: string[] = [];
  const lastCame = Promise.withResolvers<void>();
  const open = () =>
    subscribe(
      url,
      [topic, 1],
      ({ text }) => {
        received.push(text);
        if (text === "23") lastCame.resolve();
      },
      false,
      { clientId: "recorder", clean: false },
    );
  await (await open()).close();
  await publishWithPaho(url, [[topic, "21"]]);
  await publishWithPaho(url, [[topic, "22"]], 0);
  await using _subscription = await open();
  await publishWithPaho(url, [[topic, "23"]]);
  await within("the last message", lastCame.promise);
  assertEquals(received, ["21", "23"]);
});

const TLS_PUBLISHER = `${PAHO}
client = new_client()
client.tls_set(ca_certs=sys.argv[2])
client.connect("localhost", int(sys.argv[1]))
client.loop_start()
client.publish("iot/greeting", "hello from paho", 1).wait_for_publish(5)
client.disconnect()
client.loop_stop()
`;

peerTest(
  ["mosquitto", "paho"],
  "mosquitto and paho take the certificates that the lesson makes",
  async ({ paho }) => {
    await using folder = await openFolder();
    const { certificates } = folder;
    await folder.run("authority");
    await folder.run("certificate", "localhost", "365");
    await using mosquitto = await startMosquitto({
      config: `certfile ${certificates}/broker.crt\n` +
        `keyfile ${certificates}/broker.key`,
    });
    const ca = await Deno.readTextFile(`${certificates}/ca.crt`);
    const greeting = Promise.withResolvers<string>();
    await using _subscription = await subscribe(
      `mqtts://localhost:${mosquitto.port}`,
      "iot/#",
      ({ text }) => greeting.resolve(text),
      false,
      { tls: { ca }, retry: false },
    );
    const publish = async () => {
      const args = [`${mosquitto.port}`, `${certificates}/ca.crt`];
      await using publisher = startProcess(paho, [
        "-c",
        TLS_PUBLISHER,
        ...args,
      ]);
      return await publisher.end();
    };
    assertEquals((await publish()).stderr, "");
    assertEquals(
      await within("paho's message", greeting.promise),
      "hello from paho",
    );
    // Another authority's word counts for nothing.
    await folder.run("authority");
    const { code, stderr } = await publish();
    assert(code !== 0);
    assertStringIncludes(stderr, "certificate verify failed");
  },
);
