import { assert, assertEquals, assertRejects } from "@std/assert";
import { within } from "../deadline.ts";
import type { Direction, Line } from "./fault_line.ts";
import { FaultProxy, Shuffler } from "./fault_proxy.ts";

/** Two ends of a connection through a proxy. */
interface Ends extends AsyncDisposable {
  proxy: FaultProxy;
  line: Line;
  client: Deno.Conn;
  broker: Deno.Conn;
  /** Another connection through the same proxy. */
  connect(): Promise<{ client: Deno.Conn; broker: Deno.Conn }>;
}

async function open(random?: () => number): Promise<Ends> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const proxy = await FaultProxy.start(listener.addr.port, random);
  const port = Number(new URL(proxy.url).port);
  const open: Deno.Conn[] = [];
  const connect = async () => {
    const [client, broker] = await within(
      "the connection",
      Promise.all([
        Deno.connect({ hostname: "127.0.0.1", port }),
        listener.accept(),
      ]),
    );
    open.push(client, broker);
    return { client, broker };
  };
  const ends = await connect();
  return {
    ...ends,
    proxy,
    line: proxy.lines[0]!,
    connect,
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      for (const conn of open) conn.close();
      listener.close();
    },
  };
}

const sent = Uint8Array.from({ length: 1000 }, (_, index) => index % 251);

/** Reads so many bytes, and how many pieces they came in. */
async function read(
  conn: Deno.Conn,
  count: number,
): Promise<{ bytes: number[]; pieces: number }> {
  const bytes: number[] = [];
  const chunk = new Uint8Array(65_536);
  let pieces = 0;
  while (bytes.length < count) {
    const size = await within("bytes", conn.read(chunk));
    if (size === null) break;
    bytes.push(...chunk.subarray(0, size));
    pieces++;
  }
  return { bytes, pieces };
}

const directions: Direction[] = ["up", "down"];
for (const direction of directions) {
  const sides = ({ client, broker }: Ends) =>
    direction === "up" ? [client, broker] as const : [broker, client] as const;

  Deno.test(`FaultProxy lets everything through ${direction}, and the end`, async () => {
    await using ends = await open();
    const [from, to] = sides(ends);
    await from.write(sent);
    from.closeWrite();
    assertEquals((await read(to, Infinity)).bytes, [...sent]);
    // The other way is still open.
    await to.write(sent);
    assertEquals((await read(from, 1000)).bytes, [...sent]);
  });

  Deno.test(`Line.hold() lets nothing through ${direction} until release()`, async () => {
    await using ends = await open();
    const [from, to] = sides(ends);
    ends.line.hold(direction);
    await from.write(sent);
    const reading = read(to, 1000);
    await assertRejects(() => within("bytes", reading, 100), Error, "in vain");
    await to.write(sent);
    assertEquals((await read(from, 1000)).bytes.length, 1000);
    ends.line.release(direction);
    assertEquals((await reading).bytes, [...sent]);
  });

  Deno.test(`Line.cut() closes after so many bytes ${direction}`, async () => {
    await using ends = await open();
    const [from, to] = sides(ends);
    ends.line.cut(direction, 333, "close");
    await from.write(sent);
    const { bytes } = await read(to, Infinity);
    assertEquals(bytes, [...sent.subarray(0, 333)]);
    await within("the end", ends.line.ended);
    assertEquals(ends.proxy.lines, []);
  });
}

Deno.test("Line.end() resets both sides", async () => {
  await using ends = await open();
  await ends.client.write(sent);
  await read(ends.broker, 1000);
  ends.line.end("reset");
  for (const conn of [ends.client, ends.broker]) {
    await assertRejects(() => read(conn, 1), Deno.errors.ConnectionReset);
  }
});

Deno.test("FaultProxy splits what it lets through into odd pieces", async () => {
  await using ends = await open();
  ends.proxy.conditions = { pieceSize: 7, delay: 1 };
  await ends.client.write(sent.subarray(0, 200));
  const { bytes, pieces } = await read(ends.broker, 200);
  assertEquals(bytes, [...sent.subarray(0, 200)]);
  assert(pieces >= 200 / 7, `${pieces} pieces`);
});

Deno.test("FaultProxy throttles to so many bytes a second", async () => {
  await using ends = await open();
  ends.proxy.conditions = { bytesPerSecond: 5000, pieceSize: 100 };
  const began = performance.now();
  await ends.client.write(sent);
  assertEquals((await read(ends.broker, 1000)).bytes, [...sent]);
  const time = performance.now() - began;
  assert(time >= 190, `${time} ms for 1,000 bytes`);
});

Deno.test("Shuffler gives turns in another order", async () => {
  // Chance that always takes the last one that waits.
  const shuffler = new Shuffler(() => 0.999);
  for (const round of [[1, 2, 3], [4, 5]]) {
    const order: number[] = [];
    await Promise.all(
      round.map((name) => shuffler.turn().then(() => order.push(name))),
    );
    assertEquals(order, round.toReversed());
  }
});

Deno.test("FaultProxy keeps each connection's order while it shuffles them", async () => {
  await using ends = await open();
  const other = await ends.connect();
  ends.proxy.conditions = { shuffled: true, pieceSize: 200 };
  for (const { client } of [ends, other]) await client.write(sent);
  for (const { broker } of [other, ends]) {
    assertEquals((await read(broker, 1000)).bytes, [...sent]);
  }
});

Deno.test("FaultProxy.hold() holds new connections too, and loses nothing", async () => {
  await using ends = await open();
  ends.proxy.hold();
  const other = await ends.connect();
  await other.client.write(sent);
  const reading = read(other.broker, 1000);
  await assertRejects(() => within("bytes", reading, 100), Error, "in vain");
  ends.proxy.release();
  assertEquals((await reading).bytes, [...sent]);
});

Deno.test("FaultProxy resets a client whose broker isn't there", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  await using proxy = await FaultProxy.start(port);
  using conn = await Deno.connect({
    hostname: "127.0.0.1",
    port: Number(new URL(proxy.url).port),
  });
  await assertRejects(() => read(conn, 1), Deno.errors.ConnectionReset);
});
