import { assertEquals } from "@std/assert";
import { startBroker } from "../broker.ts";
import { connect } from "../connect.ts";
import { rejection, within } from "../../testing/deadline.ts";
import { startScriptedBroker } from "../../testing/brokers/scripted_broker.ts";
import { freePort } from "../../testing/brokers/mosquitto.ts";
import { silent, startSilentOn } from "../../testing/brokers/scripts.ts";
import { test, times } from "../../testing/test.ts";

test.broker("close() lets what is in flight finish", async (broker) => {
  const client = await connect(broker.url);
  const publishing = Promise.all(
    times(100, (index) => client.publishAsync("iot/x", `${index}`, { qos: 2 })),
  );
  await client.close();
  assertEquals((await publishing).length, 100);
});

Deno.test("close() ends in time while offline, and settles what is pending", async () => {
  const port = freePort();
  const broker = await startBroker({ port });
  const client = await connect(broker.url, { log: silent });
  const lost = new Promise<void>((resolve) => client.once("close", resolve));
  await broker.close();
  await within("the loss", lost);
  const pending = [
    client.publishAsync("iot/x", "0"),
    client.publishAsync("iot/x", "1", { qos: 1 }),
    client.publishAsync("iot/x", "2", { qos: 2 }),
    client.subscribeAsync("iot/#"),
    client.unsubscribeAsync("iot/#"),
  ];
  const settled = Promise.allSettled(pending);
  await within("close()", client.close(), 3000);
  const outcomes = await within("the promises", settled);
  assertEquals(outcomes.map(({ status }) => status), Array(5).fill("rejected"));
  await rejection(client.publishAsync("iot/x", "3"), Error, "closed");
});

Deno.test("close() ends in time although the broker acknowledges nothing", async () => {
  await using broker = await startSilentOn("publish");
  const client = await connect(broker.url);
  const publishing = client.publishAsync("iot/x", "1", { qos: 1 });
  const outcome = Promise.allSettled([publishing]);
  await within("close()", client.close({ timeout: 0.1 }), 3000);
  assertEquals((await outcome)[0].status, "rejected");
  assertEquals(broker.packets.at(-1)?.cmd, "disconnect");
});

Deno.test("close() ends in time although the peer never closes its side", async () => {
  await using broker = await startScriptedBroker((packet, { send, socket }) => {
    if (packet.cmd !== "connect") return;
    send({ cmd: "connack", returnCode: 0, sessionPresent: false });
    socket.pause();
    return "answered";
  });
  const client = await connect(broker.url);
  await within("close()", client.close({ timeout: 0.2 }), 2000);
});

Deno.test("close() waits no longer once the connection is lost", async () => {
  await using broker = await startSilentOn("publish");
  const client = await connect(broker.url, { log: () => {} });
  const outcome = Promise.allSettled([
    client.publishAsync("iot/x", "1", { qos: 1 }),
  ]);
  await broker.received("publish");
  const closing = client.close({ timeout: 60 });
  broker.connections[0]!.socket.destroy();
  await within("close()", closing, 2000);
  assertEquals((await outcome)[0].status, "rejected");
});
