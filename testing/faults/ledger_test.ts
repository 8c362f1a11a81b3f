import { assertEquals } from "@std/assert";
import { PublishError } from "../../lib/mod.ts";
import { Ledger, type Tolerance } from "./ledger.ts";

const NONE: Tolerance = () => false;
const ANY: Tolerance = () => true;

/** A ledger with one message, of which one consumer must get one. */
function openLedger(
  qos: 1 | 2,
  tolerance = NONE,
): { ledger: Ledger; id: number } {
  const ledger = new Ledger();
  ledger.addConsumer("reader", true);
  const id = ledger.newId();
  ledger.publish(id, { by: "writer", qos, tolerance });
  return { ledger, id };
}

Deno.test("Ledger finds nothing if what was confirmed was handled", () => {
  const { ledger, id } = openLedger(2);
  ledger.confirm(id);
  ledger.handle("reader", id);
  assertEquals(ledger.findings(), []);
  assertEquals(ledger.counts(), {
    published: 1,
    atQos2: 1,
    confirmed: 1,
    unsure: 0,
    failed: 0,
    handled: 1,
    duplicatesAtQos1: 0,
  });
});

Deno.test("Ledger finds what is pending, and what is lost", () => {
  const { ledger, id } = openLedger(1);
  assertEquals(ledger.pendingOf("writer"), 1);
  assertEquals(ledger.findings(), [
    "Pending: nothing became of 1 (1 of writer at QoS 1)",
  ]);
  ledger.confirm(id);
  assertEquals(ledger.pendingOf("writer"), 0);
  assertEquals(ledger.findings(), [
    "Lost: reader never handled 1 (1 of writer at QoS 1)",
  ]);
});

for (const qos of [1, 2] as const) {
  Deno.test(`Ledger ${qos === 1 ? "counts" : "finds"} duplicates at QoS ${qos}`, () => {
    const { ledger, id } = openLedger(qos);
    ledger.confirm(id);
    for (const _ of [1, 2]) ledger.handle("reader", id);
    assertEquals(ledger.counts().duplicatesAtQos1, qos === 1 ? 1 : 0);
    assertEquals(
      ledger.findings(),
      qos === 1 ? [] : [
        "Duplicated at QoS 2: reader handled twice 1 (1 of writer at QoS 2)",
      ],
    );
  });
}

Deno.test("Ledger tells rejections that need not be from those that must", () => {
  for (const tolerance of [NONE, ANY]) {
    const { ledger, id } = openLedger(2, tolerance);
    ledger.reject(id, new PublishError("a", "no", { mayHaveArrived: true }));
    ledger.handle("reader", id);
    assertEquals(
      ledger.findings(),
      tolerance === ANY ? [] : [
        'Rejected without need: 1 by writer at QoS 2: Message on "a" may or may not have arrived: no',
      ],
    );
  }
});

Deno.test("Ledger finds what was handled although it was said not to be published", () => {
  const { ledger, id } = openLedger(1, ANY);
  ledger.reject(id, new PublishError("a", "no"));
  ledger.handle("reader", id);
  assertEquals(ledger.findings(), [
    "Wrongly rejected: reader handled 1 (1 of writer at QoS 1)",
  ]);
});

Deno.test("Ledger finds what was never published, and adds what others find", () => {
  const { ledger, id } = openLedger(1);
  ledger.confirm(id);
  ledger.replace("reader", [id, 77]);
  ledger.note("Leaked: a socket");
  assertEquals(ledger.findings(), [
    "Leaked: a socket",
    "Invented: reader handled 77",
  ]);
});
