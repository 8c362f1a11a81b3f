import { assert, assertEquals } from "@std/assert";
import { type Access, createAccess } from "./access.ts";
import { createAdmission } from "../listen/admission.ts";
import { createCore } from "../core.ts";
import { readLimits } from "../limits.ts";
import { type Listener, listenTcp } from "../listen/listeners.ts";
import { formatHash, hashPassword } from "./password_hash.ts";
import {
  connectPacket,
  openRaw,
  publishPacket,
  subscribePacket,
  TYPE,
} from "../../../testing/clients/raw_client.ts";
import { setPassword } from "../../../workbook/broker/password_file.ts";
import { test, times } from "../../../testing/test.ts";

const ANN = { user: "ann", password: "secret" };

async function accessOf(passwordFile: string): Promise<Access> {
  return await createAccess({ passwordFile }, () => {});
}

/** A broker whose clients come from the addresses of other computers. */
async function startCore(
  access: Access,
  ...addresses: string[]
): Promise<AsyncDisposable & { listeners: Listener[] }> {
  const limits = readLimits();
  const log = () => {};
  const core = createCore({ access, limits, log });
  const door = {
    admission: createAdmission(limits, log),
    isPageAllowed: () => true,
    maxPacketSize: limits.maxPacketSize,
    log,
  };
  const listeners = await Promise.all(
    addresses.map((address) =>
      listenTcp("127.0.0.1", 0, {
        ...door,
        serve: (stream) => core.serve(stream, `${address}:1`),
      })
    ),
  );
  return {
    listeners,
    async [Symbol.asyncDispose]() {
      const closed = listeners.map((listener) => listener.close());
      await Promise.all([core.close(), ...closed]);
    },
  };
}

test.folder("startBroker() serves others during a flood of logins, and lets them in", async (folder) => {
  const file = `${folder}/passwords`;
  await setPassword(file, ANN.user, ANN.password);
  await setPassword(file, "bob", "hidden");
  const access = await accessOf(file);
  await using core = await startCore(access, "192.0.2.1", "192.0.2.2");
  const [attackers, others] = core.listeners as [Listener, Listener];
  await using client = await openRaw(others, ANN);

  const attempts = times(40, async () => {
    const attempt = await openRaw(attackers);
    await attempt.send(connectPacket({ user: "bob", password: "guess" }));
    return attempt;
  });
  const flood = await Promise.all(attempts);
  let isIn = false;
  const login = openRaw(others, { user: "bob", password: "hidden" })
    .finally(() => isIn = true);
  let [longest, pings] = [0, 0];
  while (!isIn || pings < 20) {
    const start = performance.now();
    await client.ping();
    longest = Math.max(longest, performance.now() - start);
    pings++;
  }
  await using _bob = await login;
  // One hash after the other, all of them would take some eight seconds.
  assert(longest < 1_000, `A ping took ${longest} ms`);
  for (const attempt of flood) attempt.close();
});

test.folder("startBroker() loses nothing that comes while a password is checked", async (folder) => {
  const file = `${folder}/passwords`;
  await setPassword(file, ANN.user, ANN.password);
  const access = await accessOf(file);
  await using core = await startCore(access, "192.0.2.1");
  const [listener] = core.listeners as [Listener];
  for (let round = 0; round < 3; round++) {
    await using client = await openRaw(listener);
    // Only the first password takes long to check.
    await client.send(connectPacket(ANN));
    const payload = "x".repeat(20_000);
    await client.send(subscribePacket({ "iot/#": 1 }));
    for (let id = 1; id <= 30; id++) {
      const topic = `iot/${id}`;
      await client.send(publishPacket({ topic, payload, qos: 1, id }));
    }
    const counts: Record<number, number> = {};
    while ((counts[TYPE.PUBACK] ?? 0) < 30) {
      const packet = await client.next();
      const type = packet!.header & 0xf0;
      counts[type] = (counts[type] ?? 0) + 1;
    }
    assertEquals(counts[TYPE.CONNACK], 1);
    assertEquals(counts[TYPE.SUBACK], 1);
  }
});

test.folder("startBroker() lets right users in at once while forty connections guess at the same address", async (folder) => {
  const file = `${folder}/passwords`;
  for (const user of ["ann", "bob", "carl"]) {
    await setPassword(file, user, ANN.password);
  }
  const access = await accessOf(file);
  await using core = await startCore(access, "192.0.2.1");
  const [listener] = core.listeners as [Listener];
  for (const user of ["ann", "bob"]) {
    await using _client = await openRaw(listener, { ...ANN, user });
  }
  let isOver = false;
  const guess = async (user: string) => {
    const client = await openRaw(listener);
    await client.send(connectPacket({ user, password: "wrong" }));
    return client;
  };
  const names = ["ann", "bob", "nobody"];
  const guesses = await Promise.all(
    times(40, (index) => guess(names[index % 3]!)),
  );
  const floods = guesses.map(async (_guess, index) => {
    while (!isOver) {
      await guesses[index]!.next();
      guesses[index]!.close();
      if (!isOver) guesses[index] = await guess(names[index % 3]!);
    }
  });
  try {
    // Others guess at the names of the first two, and carl is here for the first time.
    for (const user of ["bob", "ann", "carl", "bob", "ann", "carl"]) {
      const start = performance.now();
      await using _client = await openRaw(listener, { ...ANN, user });
      const time = performance.now() - start;
      assert(time < 2_000, `${user} waited ${time} ms`);
    }
  } finally {
    isOver = true;
    for (const guess of guesses) guess.close();
    await Promise.all(floods);
    for (const guess of guesses) guess.close();
  }
});

test.folder("createAccess() takes as long for unknown users as for known ones, and those who have logged in", async (folder) => {
  const file = `${folder}/passwords`;
  const quick = formatHash(await hashPassword("hidden", 100));
  const slow = formatHash(await hashPassword("hidden"));
  const lines = [`bob:${quick}`, `carl:${slow}`, `dora:${slow}`];
  await Deno.writeTextFile(file, lines.join("\n"));
  const access = await accessOf(file);
  let host = 0;
  const timeOf = async (user: string, text: string, code: number) => {
    const start = performance.now();
    const password = new TextEncoder().encode(text);
    // Nobody has tried before from there.
    const address = `192.0.2.${++host}`;
    const isGone = () => false;
    assertEquals(
      await access.connect({ user, password, address, isGone }),
      code,
    );
    return performance.now() - start;
  };
  await timeOf("dora", "hidden", 0);
  const fastest: Record<string, number> = {};
  for (let round = 0; round < 3; round++) {
    for (const user of ["bob", "carl", "dora", "nobody"]) {
      const time = await timeOf(user, "wrong", 4);
      fastest[user] = Math.min(time, fastest[user] ?? Infinity);
    }
  }
  const times = Object.values(fastest);
  const ratio = Math.max(...times) / Math.min(...times);
  // Noise is allowed for. Which work is done is a test of PasswordCheck.
  assert(ratio < 3, JSON.stringify(fastest));
});
