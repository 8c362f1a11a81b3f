import { assertEquals } from "@std/assert";
import { PublishError } from "../../lib/mod.ts";
import { MessageLog, type Tolerance } from "./message_log.ts";

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
