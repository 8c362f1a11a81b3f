import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { startBroker } from "../../lib/mod.ts";
import { openClient, type TestClient } from "../../testing/clients/clients.ts";
import { startMosquitto } from "../../testing/brokers/mosquitto.ts";
import { findPeer, peerTest } from "../../testing/peers.ts";
import { type Process, startProcess } from "../../testing/processes.ts";
import { type Bus, startSessionBus } from "../../testing/session_bus.ts";
import { startTextBroker, testPlaces } from "../../testing/unprintable.ts";
import { lessonAt } from "../../testing/project/lessons.ts";
import {
  publishWithPaho,
  subscribeWithPaho,
} from "../../testing/clients/paho.ts";
import { Motor } from "./_motor.ts";
import { test } from "../../testing/test_programs.ts";

const lesson = lessonAt(import.meta.url);
const NAME = "tw.rocksaying.Gate";
const PATH = "/tw/rocksaying/Gate";
const STATUS = "tw/rocksaying/status";
const COMMAND = "tw/rocksaying/command";
const lesson13 = lessonAt(new URL("../13_gate_service/", import.meta.url));

/** What a test of D-Bus needs. */
const PEERS = ["dbus_run_session", "gdbus"] as const;

/** Starts a system bus, with the rules that Debian's has for all services. */
async function startSystemBus(rules: string): Promise<Bus> {
  const folder = await Deno.makeTempDir({ dir: "/tmp", prefix: "15_system_" });
  const address = `unix:path=${folder}/socket`;
  await Deno.writeTextFile(`${folder}/gate.conf`, rules);
  await Deno.writeTextFile(
    `${folder}/bus.conf`,
    `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <auth>EXTERNAL</auth>
  <listen>${address}</listen>
  <policy context="default">
    <allow user="*"/>
    <deny own="*"/>
    <deny send_type="method_call"/>
    <allow send_type="signal"/>
    <allow send_requested_reply="true" send_type="method_return"/>
    <allow send_requested_reply="true" send_type="error"/>
    <allow receive_type="method_call"/>
    <allow receive_type="method_return"/>
    <allow receive_type="error"/>
    <allow receive_type="signal"/>
    <allow send_destination="org.freedesktop.DBus"
           send_interface="org.freedesktop.DBus"/>
  </policy>
  <include>gate.conf</include>
</busconfig>
`,
  );
  const daemon = startProcess("dbus-daemon", [
    `--config-file=${folder}/bus.conf`,
    "--nofork",
    "--print-address",
  ]);
  await daemon.untilPrinted("\n");
  const stop = async () => {
    await daemon[Symbol.asyncDispose]();
    await Deno.remove(folder, { recursive: true });
  };
  return {
    variables: { DBUS_SYSTEM_BUS_ADDRESS: address },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Runs gdbus to its end. */
async function gdbus(
  { variables }: Bus,
  command: string,
  ...args: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  const which = "DBUS_SYSTEM_BUS_ADDRESS" in variables ? "system" : "session";
  await using process = startProcess(
    findPeer("gdbus")!,
    [command, `--${which}`, ...args],
    variables,
  );
  return await process.end();
}

/** Calls Open() as another program would. */
function callOpen(bus: Bus): ReturnType<typeof gdbus> {
  const object = ["--dest", NAME, "--object-path", PATH];
  return gdbus(bus, "call", ...object, "--method", `${NAME}.Open`);
}

/** Whether a program on the bus has the gate's name. */
async function hasOwner(bus: Bus): Promise<boolean> {
  const { stdout } = await gdbus(
    bus,
    "call",
    ...["--dest", "org.freedesktop.DBus"],
    ...["--object-path", "/org/freedesktop/DBus"],
    ...["--method", "org.freedesktop.DBus.NameHasOwner", NAME],
  );
  return stdout === "(true,)\n";
}

/** Starts a `gdbus monitor` that prints the gate's signals. */
async function startMonitor({ variables }: Bus): Promise<Process> {
  const args = ["monitor", "--session", "--dest", NAME];
  const monitor = startProcess(findPeer("gdbus")!, args, {
    ...variables,
    LC_ALL: "C.UTF-8",
  });
  await monitor.untilPrinted(`The name ${NAME} `);
  return monitor;
}

/** What the monitor prints of signals that follow one another. */
function signals(...statuses: string[]): string {
  return statuses.map((status) =>
    `${PATH}: ${NAME}.StatusChanged ('${status}',)\n`
  ).join("");
}

/** What the monitor has printed, without the heartbeats. */
function changes(monitor: Process): string[] {
  return [...monitor.printed().matchAll(/\.StatusChanged \('(.*)',\)$/gm)]
    .map(([, status = ""]) => status)
    .filter((status) => status !== "noop");
}

/** Waits until a client has received a text. */
async function untilReceived(client: TestClient, text: string): Promise<void> {
  for (let count = 1; !client.received.some((m) => m.text === text); count++) {
    await client.untilReceived(count);
  }
}

peerTest(
  [...PEERS, "mosquitto", "paho"],
  "gate_dbus tells D-Bus and MQTT alike, and opens when gdbus calls Open()",
  async () => {
    await using bus = await startSessionBus(findPeer("dbus_run_session")!);
    await using mosquitto = await startMosquitto();
    const { url } = mosquitto;
    await using gate = lesson.start("gate_dbus", { url, ...bus });
    await gate.untilPrinted("dbus looping\nLooping...\n");

    const { stdout } = await gdbus(
      bus,
      "introspect",
      ...["--dest", NAME, "--object-path", PATH],
    );
    assertStringIncludes(
      stdout,
      `  interface ${NAME} {
    methods:
      Open();
    signals:
      StatusChanged(s payload);
    properties:
  };
`,
    );

    await using monitor = await startMonitor(bus);
    await using subscriber = await openClient(url);
    await subscriber.subscribe(STATUS, 1);
    await using paho = await subscribeWithPaho(url, STATUS, 4);
    // One command after the other is carried out, from wherever they come, and
    // no heartbeat comes in between.
    const answer = { code: 0, stdout: "()\n", stderr: "" };
    assertEquals(await Promise.all([callOpen(bus), callOpen(bus)]), [
      answer,
      answer,
    ]);
    const moves = ["opening", "opened", "opening", "opened"];
    await monitor.untilPrinted(signals(...moves));
    const lines = (await paho.lines()).filter((line) => !line.endsWith("noop"));
    assertEquals(lines[0], `${STATUS} opening`);
    await publishWithPaho(url, [[COMMAND, "close"]]);
    await subscriber.publish(COMMAND, "fly\0", { qos: 1 });
    await untilReceived(subscriber, "unknown command: fly\0");
    await monitor.untilPrinted(signals("unknown command: fly\ufffd"));
    moves.push("closing", "closed");
    assertEquals(changes(monitor), [...moves, "unknown command: fly\ufffd"]);
    assertEquals(
      subscriber.received.filter(({ text }) => text !== "noop"),
      [...moves, "unknown command: fly\0"].map((text) => ({
        topic: STATUS,
        text,
        qos: 1,
        retain: false,
      })),
    );
    await monitor.untilPrinted(signals("unknown command: fly\ufffd", "noop"));
    const began = performance.now();
    await monitor.untilPrinted(
      signals("unknown command: fly\ufffd", "noop", "noop"),
    );
    const seconds = (performance.now() - began) / 1000;
    assert(seconds > 0.5, `The next heartbeat came after ${seconds} s`);
    assertStringIncludes(gate.printed(), "Invoke gate open function\n");
    assertStringIncludes(gate.printed(), "Should invoke gate close function\n");

    const ended = await gate.stop();
    assertEquals([ended.code, ended.stderr], [0, ""]);
    assert(ended.stdout.endsWith("exit program\n"), ended.stdout);
    assertEquals(await hasOwner(bus), false);
  },
);

peerTest(
  [...PEERS, "mosquitto", "paho"],
  "bridge signals what lesson 13's gate publishes, and Open() commands it",
  async () => {
    await using bus = await startSessionBus(findPeer("dbus_run_session")!);
    await using mosquitto = await startMosquitto();
    const { url } = mosquitto;
    await using client = await openClient(url);
    await client.publish(STATUS, "old", { qos: 1, retain: true });
    await using gate = lesson13.start("gate", { url });
    await using monitor = await startMonitor(bus);
    await using bridge = lesson.start("bridge", { url, ...bus });
    await gate.untilPrinted("Looping...\n");
    await bridge.untilPrinted("dbus looping\nLooping...\n");
    await monitor.untilPrinted(signals("noop", "noop"));

    await using paho = await subscribeWithPaho(url, COMMAND, 1);
    assertEquals(await callOpen(bus), { code: 0, stdout: "()\n", stderr: "" });
    assertEquals(await paho.lines(), [`${COMMAND} open`]);
    await gate.untilPrinted("Should invoke gate open function\n");
    await monitor.untilPrinted(signals("opening", "opened"));

    // It needs no gate: any status becomes a signal, but not one that is old,
    // and without the one character that a string of D-Bus can't hold.
    await gate.stop();
    await publishWithPaho(url, [[STATUS, "painted"]]);
    await client.publish(STATUS, "green\0");
    await monitor.untilPrinted(signals("painted", "green\ufffd"));
    assert(!monitor.printed().includes(signals("old")), monitor.printed());

    const { code, stdout, stderr } = await bridge.stop();
    assertEquals({ code, stdout, stderr }, {
      code: 0,
      stdout:
        "dbus looping\nLooping...\nInvoke gate open function\nexit program\n",
      stderr: "",
    });
    assertEquals(await hasOwner(bus), false);
  },
);

peerTest(
  [...PEERS, "mosquitto"],
  "both forms outlive the broker's restart, each in its way",
  async () => {
    await using bus = await startSessionBus(findPeer("dbus_run_session")!);
    await using other = await startSessionBus(findPeer("dbus_run_session")!);
    await using mosquitto = await startMosquitto();
    const { url } = mosquitto;
    await using gate = lesson.start("gate_dbus", { url, ...bus });
    await using bridge = lesson.start("bridge", { url, ...other });
    await gate.untilPrinted("Looping...\n");
    await bridge.untilPrinted("Looping...\n");
    await using monitor = await startMonitor(bus);
    await mosquitto.stop();
    await gate.untilLogged("connecting again");
    await bridge.untilLogged("connecting again");

    // The gate moves, and keeps for the broker what it can't tell it yet.
    assertEquals((await callOpen(bus)).code, 0);
    await monitor.untilPrinted(signals("opening", "opened", "noop"));
    assertEquals((await callOpen(bus)).code, 0);
    await monitor.untilPrinted(signals("noop", "opening", "opened"));
    // The bridge keeps nothing, and says so to the caller.
    const { code, stderr } = await callOpen(other);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "The broker can't be reached");

    const before = mosquitto.log().length;
    await mosquitto.start();
    await using watch = await startMonitor(other);
    await watch.untilPrinted(signals("noop"));
    const published = mosquitto.log().slice(before).flatMap((line) =>
      /^Received PUBLISH .* '(.*)', \.\.\. \((\d+) bytes/.exec(line)?.slice(
        1,
      ) ??
        []
    );
    // Heartbeats may have been under way when the broker went; later ones aren't kept.
    let underWay = 0;
    for (; published[1] === `${"noop".length}`; underWay++) {
      published.splice(0, 2);
    }
    assert(underWay <= 3, `${underWay} heartbeats`);
    const moves = ["opening", "opened", "opening", "opened"];
    assertEquals(
      published.slice(0, 8),
      moves.flatMap((state) => [STATUS, `${state.length}`]),
    );
    await using subscriber = await openClient(url);
    await subscriber.subscribe(COMMAND, 1);
    assertEquals((await callOpen(other)).code, 0);
    await untilReceived(subscriber, "open");
  },
);

peerTest(
  PEERS,
  "the name is one program's: others are told so, or take it over",
  async () => {
    await using bus = await startSessionBus(findPeer("dbus_run_session")!);
    await using broker = await startBroker({ port: 0 });
    const run = { url: broker.url, ...bus };
    await using gate = lesson.start("gate_dbus", run);
    await gate.untilPrinted("Looping...\n");
    assertEquals(await lesson.run("bridge", run), {
      code: 1,
      stdout: "",
      stderr: `Name is taken: "${NAME}"\n`,
    });
    await using bridge = lesson.start("bridge", {
      ...run,
      args: ["--replace"],
    });
    const { code, stdout, stderr } = await gate.end();
    assertEquals([code, stderr], [
      0,
      `"${NAME}" is taken over: this program ends\n`,
    ]);
    assert(stdout.endsWith("exit program\n"), stdout);
    await bridge.untilPrinted("Looping...\n");
    assertEquals(await hasOwner(bus), true);
  },
);

peerTest(
  PEERS,
  "both forms and call_open end when the bus goes away",
  async () => {
    await using broker = await startBroker({ port: 0 });
    await Promise.all(["gate_dbus", "bridge"].map(async (program) => {
      await using bus = await startSessionBus(findPeer("dbus_run_session")!);
      await using form = lesson.start(program, {
        url: broker.url,
        ...bus,
        trace: true,
      });
      await form.untilPrinted("Looping...\n");
      await bus.stop();
      const { code, stdout, stderr } = await form.end();
      assertEquals(code, 1);
      assert(stdout.endsWith("exit program\n"), stdout);
      assertStringIncludes(stderr, "D-Bus is gone: this program ends\n");
      assertStringIncludes(stderr, "→ DISCONNECT");
    }));

    // Where no gate opens, call_open waits, but not for a bus that is gone.
    await using bus = await startSessionBus(findPeer("dbus_run_session")!);
    const run = { url: broker.url, ...bus };
    await using bridge = lesson.start("bridge", run);
    await bridge.untilPrinted("Looping...\n");
    await using client = await openClient(broker.url);
    await client.subscribe(COMMAND, 1);
    await using caller = lesson.start("call_open", run);
    await untilReceived(client, "open");
    await client.publish(STATUS, "creaking", { qos: 1 });
    await caller.untilPrinted("creaking\n");
    await bus.stop();
    const { code, stderr } = await caller.end();
    assertEquals([code, stderr], [1, "D-Bus is gone\n"]);
  },
);

peerTest(
  PEERS,
  "call_open prints the gate's signals until it is open",
  async () => {
    await using bus = await startSessionBus(findPeer("dbus_run_session")!);
    await using broker = await startBroker({ port: 0 });
    const run = { url: broker.url, ...bus };
    const nobody = await lesson.run("call_open", run);
    assertEquals([nobody.code, nobody.stdout], [1, ""]);
    assertStringIncludes(nobody.stderr, `The name ${NAME} was not provided`);
    await using gate = lesson.start("gate_dbus", run);
    await gate.untilPrinted("Looping...\n");
    const { code, stdout, stderr } = await lesson.run("call_open", run);
    assertEquals([code, stderr], [0, ""]);
    assert(stdout.endsWith("opening\nopened\n"), stdout);
  },
);

peerTest(
  PEERS,
  "the system bus refuses the name without the policy file, and grants it with it",
  async () => {
    await using broker = await startBroker({ port: 0 });
    const policy = await Deno.readTextFile(
      new URL(`${NAME}.conf`, import.meta.url),
    );
    const run = { url: broker.url, args: ["--system"] };

    await using strict = await startSystemBus("<busconfig/>");
    const refused = await lesson.run("gate_dbus", { ...run, ...strict });
    assertEquals([refused.code, refused.stdout], [1, ""]);
    assertStringIncludes(refused.stderr, "is not allowed to own the service");
    assertEquals(refused.stderr.trimEnd().split("\n").length, 1);

    // The file names the user who runs the gate: here, who runs this test.
    const user = `user="${Deno.uid()}"`;
    await using bus = await startSystemBus(
      policy.replace('user="root"', user),
    );
    await using gate = lesson.start("gate_dbus", { ...run, ...bus });
    await gate.untilPrinted("Looping...\n");
    assertEquals(await callOpen(bus), { code: 0, stdout: "()\n", stderr: "" });
    await gate.untilPrinted("payload: opened\n");
    const { code, stdout } = await lesson.run("call_open", { ...run, ...bus });
    assertEquals(code, 0);
    assertStringIncludes(stdout, "opening\nopened\n");
  },
);

/** Runs all programs on a bus that isn't there. */
async function assertSaysWhy(address: string, reason: string): Promise<void> {
  const programs = ["gate_dbus", "bridge", "call_open"];
  await Promise.all(programs.map(async (program) => {
    const ended = await lesson.run(program, {
      variables: { DBUS_SESSION_BUS_ADDRESS: address },
    });
    const stderr = `There is no D-Bus here: ${reason}\n`;
    assertEquals(ended, { code: 0, stdout: "", stderr });
  }));
}

Deno.test("without D-Bus, each program says so in a sentence and ends", async () => {
  await assertSaysWhy("", "DBUS_SESSION_BUS_ADDRESS is not set");
});

test.unix("with a socket that nobody listens on, each program says so and ends", async () => {
  const path = "/tmp/15_nobody_there";
  await assertSaysWhy(`unix:path=${path}`, `connect ENOENT ${path}`);
});

Deno.test("gate_dbus asks for arguments that it knows", async () => {
  const args = ["--sytem"];
  assertEquals(await lesson.run("gate_dbus", { args }), {
    code: 2,
    stdout: "",
    stderr: 'Argument is "--sytem", expected --system or --replace\n',
  });
});

Deno.test("Motor carries out one command after the other, and moves meanwhile", async () => {
  const states: [state: string, isMoving: boolean][] = [];
  const motor = new Motor((state) => states.push([state, motor.isMoving]));
  motor.carryOut("alarm");
  await motor.carryOut("constructor");
  assertEquals(states, [["alarm", true], [
    "unknown command: constructor",
    true,
  ]]);
  assertEquals(motor.isMoving, false);
});

testPlaces([{
  name: "lesson 15_gate_dbus/gate_dbus",
  most: 1000,
  ignore: findPeer("dbus_run_session") === undefined,
  print: async ([text]) => {
    await using bus = await startSessionBus(findPeer("dbus_run_session")!);
    await using broker = await startTextBroker([
      { topic: text!, payload: text! },
    ]);
    await using gate = lesson.start("gate_dbus", { url: broker.url, ...bus });
    await gate.untilPrinted("t000");
    return gate.printed() + gate.logged();
  },
}]);
