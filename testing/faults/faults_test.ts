import { assertEquals, assertMatch } from "@std/assert";
import { type MqttClient, PublishError } from "../../lib/mod.ts";
import { MessageLog, type Tolerance } from "./message_log.ts";
import { EventEmitter } from "node:events";
import { ReconnectPauses } from "./reconnect_pauses.ts";
import { startProcess } from "../processes.ts";
import { startCommand } from "../project/commands.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { findOpen } from "./leaks.ts";

const NONE: Tolerance = () => false;
const ANY: Tolerance = () => true;

/** A log with one message, of which one consumer must get one. */
function openLog(
  qos: 1 | 2,
  tolerance = NONE,
): { messageLog: MessageLog; id: number } {
  const messageLog = new MessageLog();
  messageLog.addConsumer("reader", true);
  const id = messageLog.newId();
  messageLog.publish(id, { by: "writer", qos, tolerance });
  return { messageLog, id };
}

Deno.test("MessageLog finds nothing if what was confirmed was handled", () => {
  const { messageLog, id } = openLog(2);
  messageLog.confirm(id);
  messageLog.handle("reader", id);
  assertEquals(messageLog.findings(), []);
  assertEquals(messageLog.counts(), {
    published: 1,
    atQos2: 1,
    confirmed: 1,
    unsure: 0,
    failed: 0,
    handled: 1,
    duplicatesAtQos1: 0,
  });
});

Deno.test("MessageLog finds what is pending, and what is lost", () => {
  const { messageLog, id } = openLog(1);
  assertEquals(messageLog.pendingOf("writer"), 1);
  assertEquals(messageLog.findings(), [
    "Pending: nothing became of 1 (1 of writer at QoS 1)",
  ]);
  messageLog.confirm(id);
  assertEquals(messageLog.pendingOf("writer"), 0);
  assertEquals(messageLog.findings(), [
    "Lost: reader never handled 1 (1 of writer at QoS 1)",
  ]);
});

for (const qos of [1, 2] as const) {
  Deno.test(`MessageLog ${qos === 1 ? "counts" : "finds"} duplicates at QoS ${qos}`, () => {
    const { messageLog, id } = openLog(qos);
    messageLog.confirm(id);
    for (const _ of [1, 2]) messageLog.handle("reader", id);
    assertEquals(messageLog.counts().duplicatesAtQos1, qos === 1 ? 1 : 0);
    assertEquals(
      messageLog.findings(),
      qos === 1 ? [] : [
        "Duplicated at QoS 2: reader handled twice 1 (1 of writer at QoS 2)",
      ],
    );
  });
}

Deno.test("MessageLog tells rejections that need not be from those that must", () => {
  for (const tolerance of [NONE, ANY]) {
    const { messageLog, id } = openLog(2, tolerance);
    messageLog.reject(
      id,
      new PublishError("a", "no", { mayHaveArrived: true }),
    );
    messageLog.handle("reader", id);
    assertEquals(
      messageLog.findings(),
      tolerance === ANY ? [] : [
        'Rejected without need: 1 by writer at QoS 2: Message on "a" may or may not have arrived: no',
      ],
    );
  }
});

Deno.test("MessageLog finds what was handled although it was said not to be published", () => {
  const { messageLog, id } = openLog(1, ANY);
  messageLog.reject(id, new PublishError("a", "no"));
  messageLog.handle("reader", id);
  assertEquals(messageLog.findings(), [
    "Wrongly rejected: reader handled 1 (1 of writer at QoS 1)",
  ]);
});

Deno.test("MessageLog finds what was never published, and adds what others find", () => {
  const { messageLog, id } = openLog(1);
  messageLog.confirm(id);
  messageLog.replace("reader", [id, 77]);
  messageLog.note("Leaked: a socket");
  assertEquals(messageLog.findings(), [
    "Leaked: a socket",
    "Invented: reader handled 77",
  ]);
});

/** A client whose connections last so long, and whose pauses are so long. */
function live(
  lasting: number,
  pauseOf: (failures: number) => number,
): ReconnectPauses {
  let time = 0;
  const pace = new ReconnectPauses([0.1, 1], () => time);
  const client = new EventEmitter();
  pace.watch(client as unknown as MqttClient);
  let failures = 0;
  for (let count = 0; count < 40; count++) {
    client.emit("connect");
    time += lasting;
    if (lasting >= 1000) failures = 0;
    client.emit("close");
    time += pauseOf(++failures);
    client.emit("reconnect");
  }
  return pace;
}

/** In milliseconds, between 100 and what the pause has grown to. */
function middle(failures: number): number {
  return (100 + Math.min(1000, 100 * 2 ** failures)) / 2;
}

Deno.test("ReconnectPauses finds nothing where each attempt has its pause", () => {
  for (const lasting of [1, 2000]) {
    const pace = live(lasting, middle);
    assertEquals([pace.attempts, pace.findings()], [40, []]);
  }
});

Deno.test("ReconnectPauses finds pauses that begin anew with each connection", () => {
  assertEquals(live(1, () => middle(1)).findings(), [
    "Storm: 38 pauses that should have grown have 27 % of their length",
  ]);
});

Deno.test("ReconnectPauses finds attempts without a pause", () => {
  assertEquals(live(2000, () => 50).findings(), [
    "Storm: 40 of 40 attempts to connect without a pause",
  ]);
});

Deno.test({
  name: "findOpen() tells of an open socket, and of an open file",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    await using place = await temporaryFolder();
    const folder = place.path;
    await using nothing = startProcess("cat", []);
    assertEquals(await findOpen(folder, 5000, nothing.pid), []);

    await using broker = startCommand("broker", ["--port", "0"]);
    await broker.untilLogged("Ctrl-C ends");
    const [socket = ""] = await findOpen(folder, 0, broker.pid);
    assertMatch(socket, /^Leaked: still open are socket:/);

    await Deno.writeTextFile(`${folder}/x`, "line\n");
    await using reader = startProcess("tail", ["-f", `${folder}/x`]);
    await reader.untilPrinted("line");
    const [file] = await findOpen(folder, 0, reader.pid);
    assertEquals(file, `Leaked: still open are ${folder}/x`);
  },
});
