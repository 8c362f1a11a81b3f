import { assert, assertEquals, assertMatch } from "@std/assert";
import { fileURLToPath } from "node:url";
import { startBroker } from "../../lib/mod.ts";
import { openClient } from "../../testing/clients/clients.ts";
import { within } from "../../testing/deadline.ts";
import { startScriptedBroker } from "../../testing/brokers/scripted_broker.ts";
import { lessonAt, tracedPackets } from "../../testing/project/lessons.ts";
import {
  publishWithPaho,
  subscribeWithPaho,
} from "../../testing/clients/paho.ts";
import { test } from "../../testing/test_programs.ts";

const lesson = lessonAt(import.meta.url);
const TOPIC = "paho/temperature";
// The permission to read the thread's file is relative to the project's folder.
const PROJECT = fileURLToPath(new URL("../../", import.meta.url));

/** The seconds at which blocked_loop and read_in_thread say a line. */
function secondsOf(stdout: string, text: string): number {
  const [, seconds] = new RegExp(`^(.*) s: ${text}$`, "m").exec(stdout) ?? [];
  return Number(seconds);
}

test.broker("forever waits until SIGTERM, and disconnects", async (broker) => {
  await using publisher = await openClient(broker.url);
  await using program = lesson.start("forever", { ...broker, trace: true });
  await program.untilLogged("Waiting for messages...\n");
  await publisher.publish(TOPIC, "21.5");
  await program.untilPrinted("paho/temperature  21.5\n");
  assert(!program.logged().includes("The waiting is over"));
  const { code, stdout, stderr } = await program.stop();
  assertEquals({ code, stdout }, {
    code: 0,
    stdout: "paho/temperature  21.5\n",
  });
  assert(stderr.endsWith("The waiting is over\n"), stderr);
  assertEquals(tracedPackets(stderr).at(-1), "DISCONNECT");
});

test.scripted("one_turn ends well on SIGTERM", async (broker) => {
  await using program = lesson.start("one_turn", broker);
  await within("SUBSCRIBE", broker.received("subscribe"));
  const { code, stderr } = await program.stop();
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  assertEquals(broker.packets.at(-1)?.cmd, "disconnect");
});

test.broker("connect_async goes on before the broker has answered", async (broker) => {
  await using subscriber = await openClient(broker.url);
  await subscriber.subscribe(TOPIC);
  const output = await lesson.run("connect_async", broker);
  assertEquals(output, {
    code: 0,
    stdout: "1. mqtt.connect() is back, connected: false\n" +
      "2. publish() is back, the message waits in a queue\n" +
      "3. The main program has come to its last line\n" +
      "4. The broker has answered, connected: true\n",
    stderr: "",
  });
  const [message] = await subscriber.untilReceived(1);
  assertEquals([message?.topic, message?.text], [TOPIC, "21.5"]);
});

Deno.test("connect_async learns only later that there is no broker", async () => {
  const { code, stdout, stderr } = await lesson.run("connect_async");
  assertEquals({ code, stderr }, {
    code: 1,
    stderr: "connect ECONNREFUSED 127.0.0.1:1\n",
  });
  assert(stdout.endsWith("3. The main program has come to its last line\n"));
});

test.scripted("reconnect is back at once, as the same client", async (broker) => {
  const { code, stdout } = await lesson.run("reconnect", broker);
  assertEquals({ code, stdout }, {
    code: 0,
    stdout: "Connected: true\nConnected: false\nConnected: true\n",
  });
  const ids = broker.packets.map((packet) =>
    packet.cmd === "connect" ? packet.clientId : packet.cmd
  );
  assertEquals(ids, [ids[0], ids[0], "disconnect"]);
  assertMatch(`${ids[0]}`, /^mqttjs_/);
});

// What takes seconds to show. All at once, these take no longer than the longest.
const SLOW: Record<string, () => Promise<void>> = {
  async "background receives while it works"() {
    await using broker = await startBroker({ port: 0 });
    await using publisher = await openClient(broker.url);
    await using program = lesson.start("background", {
      ...broker,
      args: ["20"],
      trace: true,
    });
    await program.untilLogged("1 s of other work done\n");
    await publisher.publish(TOPIC, "21.5");
    await program.untilPrinted("paho/temperature  21.5\n");
    // It neither waited for the message nor stops because of it.
    await program.untilLogged("2 s of other work done\n");
    const { code, stdout, stderr } = await program.stop();
    assertEquals({ code, stdout }, {
      code: 0,
      stdout: "paho/temperature  21.5\nend\n",
    });
    assertEquals(tracedPackets(stderr).at(-1), "DISCONNECT");
  },

  async "background ends by itself, and wants a number of seconds"() {
    await using broker = await startBroker({ port: 0 });
    const output = await lesson.run("background", { ...broker, args: ["1"] });
    assertEquals(output, {
      code: 0,
      stdout: "end\n",
      stderr: "1 s of other work done\n",
    });
    for (const argument of ["soon", "0", "1.5", "Infinity"]) {
      const { code, stderr } = await lesson.run("background", {
        ...broker,
        args: [argument],
      });
      assertEquals({ code, stderr }, {
        code: 2,
        stderr: `Time is "${argument}": it must be a whole number of seconds\n`,
      });
    }
  },

  async "one_turn gets a message in one of its turns, also after an empty one"() {
    await using broker = await startBroker({ port: 0 });
    await using publisher = await openClient(broker.url);
    await using program = lesson.start("one_turn", { ...broker, trace: true });
    await program.untilPrinted("Turn 1: nothing in 1 s\n");
    await publisher.publish(TOPIC, "21.5");
    const { code, stdout, stderr } = await program.end();
    assertEquals(code, 0);
    const turns = stdout.trimEnd().split("\n");
    assertEquals(turns.length, 6, stdout);
    const full = turns.filter((line) => !line.endsWith("nothing in 1 s"));
    assertEquals(full.length, 1, stdout);
    assertMatch(full[0]!, /^Turn [2-6]: paho\/temperature {2}21\.5$/);
    assertEquals(tracedPackets(stderr).at(-1), "DISCONNECT");
  },

  async "lost_connection comes back with its subscription"() {
    await using broker = await startBroker({ port: 0 });
    const { code, stdout, stderr } = await lesson.run("lost_connection", {
      ...broker,
      trace: true,
    });
    assertEquals(code, 0);
    const [first, second, third, ...rest] = stdout.trimEnd().split("\n");
    assertEquals([first, second], ["Subscribed", "Connection cut"]);
    assertMatch(third!, /^Connected after \d\.\d s$/);
    const seconds = Number(third?.split(" ")[2]);
    assert(seconds >= 1, `It came back after ${seconds} s`);
    // The broker is free to send the message ahead of its SUBACK.
    assertEquals(rest.sort(), ["Received: still here", "Subscribed"]);
    assertEquals(tracedPackets(stderr, "→"), [
      ...["CONNECT", "SUBSCRIBE"],
      ...["CONNECT", "SUBSCRIBE", "PUBLISH", "DISCONNECT"],
    ]);
  },

  async "temperature_publisher publishes one reading after the other"() {
    await using broker = await startBroker({ port: 0 });
    await using subscriber = await openClient(broker.url);
    await subscriber.subscribe("#");
    await using program = lesson.start("temperature_publisher", {
      ...broker,
      trace: true,
    });
    const received = await subscriber.untilReceived(2);
    for (const { topic, text } of received) {
      assertEquals(topic, TOPIC);
      assertMatch(text, /^2[0-5]\.\d$/);
    }
    const { code, stdout, stderr } = await program.stop();
    assertEquals({ code, stdout }, { code: 0, stdout: "" });
    assertEquals(tracedPackets(stderr).at(-1), "DISCONNECT");
  },

  async "blocked_loop loses its connection, and read_in_thread doesn't"() {
    await using broker = await startBroker({ port: 0 });
    await using subscriber = await openClient(broker.url);
    await subscriber.subscribe(TOPIC, 1);
    const run = { url: broker.url, trace: true, folder: PROJECT };
    const [blocked, free] = await Promise.all([
      lesson.run("blocked_loop", run),
      lesson.run("read_in_thread", run),
    ]);
    const timer = "the timer for 0\\.5 s fires";
    assertEquals(blocked.code, 0);
    assert(secondsOf(blocked.stdout, timer) >= 3, blocked.stdout);
    assert(blocked.stdout.endsWith("\nConnections lost: 1\n"), blocked.stdout);
    assertEquals(blocked.stderr.match(/→ CONNECT/g)?.length, 2);
    assert(!blocked.stderr.includes("PINGREQ"), blocked.stderr);

    assertEquals(free.code, 0);
    assert(secondsOf(free.stdout, timer) < 3, free.stdout);
    assert(free.stdout.endsWith("\nConnections lost: 0\n"), free.stdout);
    assertEquals(free.stderr.match(/→ CONNECT/g)?.length, 1);
    assert(free.stderr.includes("PINGREQ"), free.stderr);
    const received = await subscriber.untilReceived(2);
    assertEquals(received.map(({ text }) => text), ["21.5", "21.5"]);
  },

  async "read_in_thread ends its thread on SIGTERM, too"() {
    await using broker = await startScriptedBroker();
    await using program = lesson.start("read_in_thread", {
      url: broker.url,
      folder: PROJECT,
    });
    await program.untilPrinted("the timer for 0.5 s fires\n");
    const { code, stdout } = await program.stop();
    assertEquals(code, 0);
    assert(!stdout.includes("the sensor has been read"), stdout);
    assertEquals(broker.packets.at(-1)?.cmd, "disconnect");
  },
};

Deno.test("programs that take seconds", async (context) => {
  // Steps may run at once without sanitizers of their own; the test has them.
  const alone = { sanitizeOps: false, sanitizeResources: false };
  const steps = Object.entries(SLOW).map(([name, fn]) =>
    context.step({ name, fn, ...alone, sanitizeExit: false })
  );
  await Promise.all(steps);
});

test.pahoOverMosquitto("what waits receives from paho over mosquitto", async ({ url }) => {
  const start = (name: string, args: string[] = []) =>
    lesson.start(name, { url, args, trace: true });
  await using forever = start("forever");
  await using background = start("background", ["20"]);
  await using oneTurn = start("one_turn");
  const programs = [forever, background, oneTurn];
  for (const program of programs) await program.untilLogged("← SUBACK");
  await publishWithPaho(url, [[TOPIC, "21.5"]]);
  for (const program of programs) {
    await program.untilPrinted("paho/temperature  21.5\n");
    assertEquals((await program.stop()).code, 0);
  }
});

test.pahoOverMosquitto("what is published is received by paho over mosquitto", async ({ url }) => {
  await using temperatures = await subscribeWithPaho(url, TOPIC, 2);
  await using other = await subscribeWithPaho(url, "paho/lost_connection", 1);
  await lesson.run("connect_async", { url });
  const program = "temperature_publisher";
  await using publisher = lesson.start(program, { url });
  await lesson.run("lost_connection", { url });
  assertEquals(await other.lines(), ["paho/lost_connection still here"]);
  const [message, reading] = await temperatures.lines();
  assertEquals(message, "paho/temperature 21.5");
  assertMatch(reading!, /^paho\/temperature 2[0-5]\.\d$/);
  assertEquals((await publisher.stop()).code, 0);
});
