import { assertEquals } from "@std/assert";
import { subscribe } from "../subscribe.ts";
import { within } from "../../testing/deadline.ts";
import { startScriptedBroker } from "../../testing/brokers/scripted_broker.ts";
import {
  collector,
  deliver,
  KEPT,
  QUICK,
  reconnect,
  silent,
  startKeeping,
} from "../../testing/brokers/scripts.ts";

Deno.test("subscribe() hands a QoS 2 message over once, however often it is sent", async () => {
  await using broker = await startScriptedBroker((packet, { send }) => {
    if (packet.cmd === "pubrec") return "answered";
    if (packet.cmd !== "connect") return;
    const sessionPresent = broker.connections.length > 1;
    send({ cmd: "connack", returnCode: 0, sessionPresent });
    return "answered";
  });
  const { take, texts } = collector();
  await using _subscription = await subscribe(
    broker.url,
    "iot/#",
    take,
    false,
    {
      qos: 2,
      clientId: "recorder",
      clean: false,
      retryDelay: QUICK,
      log: silent,
    },
  );
  deliver(broker, { qos: 2, id: 5 });
  await within("PUBREC", broker.received("pubrec", 1));
  deliver(broker, { qos: 2, id: 5, dup: true });
  await within("PUBREC", broker.received("pubrec", 2));
  broker.connections[0]!.socket.destroy();
  await within("the reconnection", broker.received("connect", 2));
  deliver(broker, { qos: 2, id: 5, dup: true });
  await within("PUBREC", broker.received("pubrec", 3));
  broker.connections[1]!.send({ cmd: "pubrel", messageId: 5 });
  await within("PUBCOMP", broker.received("pubcomp"));
  deliver(broker, { qos: 2, id: 5, text: "another" });
  await within("PUBREC", broker.received("pubrec", 4));
  assertEquals(texts, ["iot/x 5", "iot/x another"]);
});

Deno.test("subscribe() hands a QoS 2 message over again after its handler failed", async () => {
  await using broker = await startKeeping(true);
  const again = Promise.withResolvers<void>();
  let attempts = 0;
  await using _subscription = await subscribe(
    broker.url,
    "iot/#",
    () => {
      if (++attempts === 1) throw new Error("disk full");
      again.resolve();
    },
    false,
    { ...KEPT, qos: 2, onError: () => failed.resolve() },
  );
  const failed = Promise.withResolvers<void>();
  deliver(broker, { qos: 2, id: 5 });
  await within("the failure", failed.promise);
  await reconnect(broker);
  deliver(broker, { qos: 2, id: 5, dup: true });
  await within("the second attempt", again.promise);
  await within("PUBREC", broker.received("pubrec"));
});

Deno.test("subscribe() takes an id of QoS 2 for a new message when the session was lost", async () => {
  await using broker = await startKeeping(false, ["pubrec"]);
  const texts: string[] = [];
  await using _subscription = await subscribe(
    broker.url,
    "iot/#",
    ({ text }) => texts.push(text),
    false,
    { ...KEPT, qos: 2 },
  );
  deliver(broker, { qos: 2, id: 5, text: "old" });
  await within("PUBREC", broker.received("pubrec", 1));
  await reconnect(broker);
  await within("SUBSCRIBE", broker.received("subscribe", 2));
  deliver(broker, { qos: 2, id: 5, text: "new" });
  await within("PUBREC", broker.received("pubrec", 2));
  assertEquals(texts, ["old", "new"]);
});

for (const dup of [true, false]) {
  const what = dup ? "an old message" : "a new one";
  Deno.test(`subscribe() takes an id of QoS 2 for ${what} by its DUP, if the session may be one that knows nothing`, async () => {
    await using broker = await startScriptedBroker(
      (packet, { send, socket }) => {
        if (packet.cmd === "pubrec") return "answered";
        if (packet.cmd !== "connect") return;
        const count = broker.connections.length;
        // The broker has forgotten the session, or not: its answer is lost.
        if (count === 2) socket.destroy();
        else send({ cmd: "connack", returnCode: 0, sessionPresent: count > 2 });
        return "answered";
      },
    );
    const texts: string[] = [];
    await using _subscription = await subscribe(
      broker.url,
      "iot/#",
      ({ text }) => texts.push(text),
      false,
      { ...KEPT, qos: 2 },
    );
    deliver(broker, { qos: 2, id: 5, text: "first" });
    await within("PUBREC", broker.received("pubrec", 1));
    broker.connections[0]!.socket.destroy();
    await within("SUBSCRIBE", broker.received("subscribe", 2));
    deliver(broker, { qos: 2, id: 5, text: "second", dup });
    await within("PUBREC", broker.received("pubrec", 2));
    assertEquals(texts, dup ? ["first"] : ["first", "second"]);
  });
}
