import { assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { Duplex } from "node:stream";
import { startBroker } from "../../broker.ts";
import { readPackets, writeTogether } from "./stream.ts";
import { openClient } from "../../testing/clients.ts";
import { within } from "../../testing/deadline.ts";
import { openRaw, publishPacket, TYPE } from "../../testing/raw_client.ts";

/** A stream that has received some chunks and says so. */
async function received(...chunks: string[]): Promise<Duplex> {
  const stream = new Duplex({ read() {}, write: (_chunk, _e, done) => done() });
  const readable = new Promise((resolve) => stream.once("readable", resolve));
  for (const chunk of chunks) stream.push(Buffer.from(chunk));
  await within("readable", readable);
  return stream;
}

const NONE = Buffer.alloc(0);

/** Takes the first bytes of each chunk, until there are none that may pass. */
function takeBytes(count: number, allowed = Infinity) {
  return {
    take(chunk: Buffer) {
      const isHeldUp = allowed-- <= 0;
      const end = isHeldUp ? 0 : count;
      const [packets, rest] = [chunk.subarray(0, end), chunk.subarray(end)];
      if (isHeldUp) allowed = Infinity;
      return { packets, rest, isHeldUp, error: undefined };
    },
  };
}

Deno.test("readPackets() returns all chunks for a read without a size", async () => {
  for (const size of [undefined, null]) {
    const stream = await received("one ", "two ", "three");
    readPackets(stream, takeBytes(Infinity), 1, () => {});
    // Node's types don't know the `null` that aedes passes.
    assertEquals(`${stream.read(size as undefined)}`, "one two three");
    await turn();
    assertEquals(stream.read(), null);
  }
});

Deno.test("readPackets() leaves a read with a size alone, also that of 0", async () => {
  const stream = await received("one ", "two");
  readPackets(stream, takeBytes(Infinity), 1, () => {});
  stream.read(0);
  assertEquals(`${stream.read(2)}`, "on");
  stream.read(0);
  assertEquals(`${stream.read()}`, "e two");
});

Deno.test("readPackets() holds back the rest, and the stream's end with it", async () => {
  const stream = await received("one", "two");
  let hasEnded = false;
  const ended = new Promise<void>((resolve) => {
    stream.once("end", () => {
      hasEnded = true;
      resolve();
    });
  });
  stream.push(null);
  readPackets(stream, takeBytes(2, 2), 1, () => {});
  assertEquals(`${stream.read()}`, "on");
  await turn();
  assertEquals(`${stream.read()}`, "e");
  await turn();
  // Now it has to wait, until "readable" says so.
  const readable = new Promise((resolve) => {
    stream.prependOnceListener("readable", resolve);
  });
  assertEquals(stream.read(), null);
  await turn();
  assertEquals(hasEnded, false);
  await within("the pause's end", readable);
  assertEquals(`${stream.read()}`, "tw");
  await turn();
  assertEquals(`${stream.read()}`, "o");
  await turn();
  assertEquals(stream.read(), null);
  await within("the end", ended);
});

Deno.test("readPackets() hands out nothing while what it has handed out is parsed", async () => {
  const stream = await received("one");
  readPackets(stream, takeBytes(2), 1, () => {});
  const readable = new Promise((resolve) => {
    stream.prependOnceListener("readable", resolve);
  });
  assertEquals(`${stream.read()}`, "on");
  // A packet is done with at once, and asks for more.
  assertEquals(stream.read(), null);
  await within("the turn's end", readable);
  assertEquals(`${stream.read()}`, "e");
});

Deno.test("readPackets() tells of an error once, after the packets before it", async () => {
  const stream = await received("good", "bad", "lost");
  const errors: unknown[] = [];
  const take = (packets: Buffer) => {
    const isBad = `${packets}` === "bad";
    return {
      packets: isBad ? NONE : packets,
      rest: NONE,
      isHeldUp: false,
      error: isBad ? new Error("bad") : undefined,
    };
  };
  readPackets(stream, { take }, 1, (error) => errors.push(error));
  assertEquals(`${stream.read()}`, "good");
  await turn();
  assertEquals(errors.length, 0);
  assertEquals(stream.read(), null);
  assertEquals(stream.read(), null);
  assertEquals(errors.map(String), ["Error: bad"]);
});

/** A stream that keeps what is written, each once it is told to go on. */
function slowSink(highWaterMark: number): {
  stream: Duplex;
  written: string[];
  goOn: () => void;
} {
  const written: string[] = [];
  let waiting = () => {};
  const goOn = () => {
    const done = waiting;
    waiting = () => {};
    done();
  };
  const stream = new Duplex({
    writableHighWaterMark: highWaterMark,
    read() {},
    write(chunk, _encoding, done) {
      written.push(`${chunk}`);
      waiting = done;
    },
  });
  return { stream, written, goOn };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

Deno.test("writeTogether() writes what comes in one turn as one", async () => {
  const { stream, written, goOn } = slowSink(100);
  writeTogether(stream);
  stream.write("one ");
  stream.write(Buffer.from("two "));
  assertEquals(stream.write("trois", "latin1"), true);
  assertEquals(written, []);
  await turn();
  assertEquals(written, ["one two trois"]);
  goOn();
  stream.write("four");
  await turn();
  assertEquals(written, ["one two trois", "four"]);
});

Deno.test("writeTogether() says when the stream is full, and when it has drained", async () => {
  const { stream, written, goOn } = slowSink(10);
  writeTogether(stream);
  let drains = 0;
  // What follows upon a drain may fill the stream again.
  stream.on("drain", () => {
    drains++;
    if (drains === 1) assertEquals(stream.write("1234567890"), false);
  });
  assertEquals(stream.write("12345"), true);
  assertEquals(stream.write("67890"), false);
  await turn();
  assertEquals([written.length, drains], [1, 0]);
  assertEquals(stream.write("x"), false);
  goOn();
  await turn();
  assertEquals(drains, 1);
  await turn();
  goOn();
  await turn();
  await turn();
  goOn();
  await turn();
  assertEquals(written.join(""), "1234567890x1234567890");
  assertEquals(drains, 2);
  assertEquals(stream.write("y"), true);
  await turn();
});

// Both time out if the broker doesn't use readPackets().

for (const transport of ["url", "websocketUrl"] as const) {
  Deno.test(`startBroker() carries 3 MB at every QoS, kept or not (${transport})`, async () => {
    await using broker = await startBroker({ port: 0, websocketPort: 0 });
    const url = broker[transport]!;
    await using subscriber = await openClient(url);
    await using publisher = await openClient(url);
    for (const qos of [0, 1, 2] as const) {
      const topic = `picture/${qos}`;
      const payload = Buffer.alloc(3_000_000);
      for (let index = 0; index < payload.length; index += 4) {
        payload.writeUInt32LE(Math.imul(index + qos, 2654435761) >>> 0, index);
      }
      const arrival = () =>
        new Promise<Buffer>((resolve) => {
          subscriber.client.once("message", (_topic, bytes) => resolve(bytes));
        });
      const live = arrival();
      await subscriber.subscribe(topic, qos);
      await publisher.publish(topic, payload, {
        qos,
        retain: true,
      });
      assertEquals(payload.compare(await within("the message", live)), 0);
      const kept = arrival();
      await subscriber.subscribe(topic, qos);
      assertEquals(payload.compare(await within("the kept one", kept)), 0);
    }
  });
}

Deno.test("startBroker() reads a payload that arrives in many pieces", async () => {
  await using broker = await startBroker({ port: 0 });
  await using publisher = await openRaw(broker, {});
  const payload = new Uint8Array(500_000).fill(65);
  const packet = publishPacket({ topic: "pieces", payload, qos: 1 });
  for (let start = 0; start < packet.length; start += 1_000) {
    await publisher.send(packet.subarray(start, start + 1_000));
  }
  assertEquals((await publisher.next())?.header, TYPE.PUBACK);
});
