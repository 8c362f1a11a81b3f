import { assertEquals, assertRejects } from "@std/assert";
import { connect as connectSocket } from "node:net";
import {
  connect,
  ConnectionRefusedError,
  type OutgoingMessage,
  publishOnce,
  startBroker,
} from "../../lib/mod.ts";
import { within } from "../../testing/deadline.ts";
import { logged } from "../../testing/test.ts";
import { startRecordingBroker } from "./recording_broker.ts";

/** The same address without user and password. */
const withoutLogin = (url: string) => url.replace(/\/\/.*@/, "//");

Deno.test("startRecordingBroker() lets in only who knows its address, and records nothing of others", async () => {
  await using recording = await startRecordingBroker();
  const { url, port } = recording;
  const strange = [
    withoutLogin(url),
    url.replace(/:[^:@]+@/, ":guess@"),
    `mqtt://observer:guess@127.0.0.1:${port}`,
  ];
  for (const address of strange) {
    await assertRejects(() => connect(address), ConnectionRefusedError);
  }
  assertEquals(recording.packets, []);
  assertEquals(recording.strangers, strange.length);
  await publishOnce(url, { topic: "x", payload: "own", qos: 1 });
  assertEquals(
    recording.packets.map(({ connection, packet }) =>
      `${connection} ${packet.cmd}`
    ).slice(0, 4),
    ["0 connect", "0 connack", "0 publish", "0 puback"],
  );
  assertEquals(recording.messages.map(({ text }) => text), ["own"]);
});

Deno.test("startRecordingBroker() lets its program in, however many others come, send and wait", async () => {
  await using recording = await startRecordingBroker();
  const { port } = recording;
  const open = () => {
    const socket = connectSocket(port, "127.0.0.1");
    socket.on("error", () => socket.destroy());
    return socket;
  };
  const waiting = Array.from({ length: 200 }, open);
  // One packet that doesn't end, and one that isn't MQTT.
  const flood = open();
  const flooded = Promise.withResolvers<void>();
  flood.on("close", () => flooded.resolve());
  flood.write(new Uint8Array([0x10, 0xff, 0xff, 0xff, 0x7f]));
  flood.write(new Uint8Array(5_000_000));
  await within("the flood's end", flooded.promise);
  await publishOnce(recording.url, { topic: "x", payload: "own", qos: 1 });
  assertEquals(recording.hasFlooded, false);
  assertEquals(recording.messages.map(({ text }) => text), ["own"]);
  for (const socket of waiting) socket.destroy();
});

Deno.test("startRecordingBroker() lets in everyone if it is open, and given users if there are some", async () => {
  await using open = await startRecordingBroker({ isOpen: true });
  assertEquals(open.url, withoutLogin(open.url));
  await using users = await startRecordingBroker({
    users: { info: "Password1234" },
    isOpen: true,
  });
  const { port } = users;
  const addresses = {
    [open.url]: true,
    [`mqtt://ann:secret@127.0.0.1:${open.port}`]: true,
    [`mqtt://info:Password1234@127.0.0.1:${port}`]: true,
    [`mqtt://info:guess@127.0.0.1:${port}`]: false,
    [users.url]: false,
  };
  for (const [address, isLetIn] of Object.entries(addresses)) {
    const come = async () => await (await connect(address)).close();
    if (isLetIn) await come();
    else await assertRejects(come, ConnectionRefusedError);
  }
  // A wrong login is what exercise 05 asks for.
  const connects = users.packets.filter(({ packet }) =>
    packet.cmd === "connect"
  );
  assertEquals(connects.length, 3);
});

Deno.test("startRecordingBroker() ends without a word", async () => {
  const { lines, log } = logged();
  const { error } = console;
  console.error = log;
  try {
    const recording = await startRecordingBroker();
    await publishOnce(recording.url, { topic: "x", payload: "own", qos: 1 });
    await recording[Symbol.asyncDispose]();
  } finally {
    console.error = error;
  }
  assertEquals(lines, []);
});

Deno.test("startRecordingBroker() leaves nothing on a broker that others have", async () => {
  await using broker = await startBroker({ port: 0, users: { ann: "x" } });
  const behind = broker.url.replace("//", "//ann:x@");
  {
    await using recording = await startRecordingBroker({ behind });
    const message: OutgoingMessage = {
      ...{ topic: "kept", payload: "own" },
      ...{ qos: 1, retain: true },
    };
    await publishOnce(recording.url, message);
    await recording.publish("kept/too", "other", { qos: 1, retain: true });
    assertEquals((await recording.retained("kept"))?.text, "own");
  }
  await using client = await connect(behind);
  const kept: string[] = [];
  client.on("message", (topic) => kept.push(topic));
  await client.subscribeAsync("#");
  await client.publishAsync("end", "", { qos: 1 });
  assertEquals(kept.filter((topic) => topic !== "end"), []);
});
