import { assertEquals } from "@std/assert";
import { startBroker } from "../../broker.ts";
import {
  ACL,
  LOGINS,
  OPEN_ACL,
  OPEN_ROWS,
  type Row,
  ROWS,
  USERS,
} from "../../testing/access_table.ts";
import { startMosquitto } from "../../testing/mosquitto.ts";
import { peerTest } from "../../testing/peers.ts";
import {
  acknowledgement,
  type ConnectFields,
  connectPacket,
  openRaw,
  publishPacket,
  type RawClient,
  rawPacket,
  readPublish,
  subscribePacket,
  TYPE,
} from "../../testing/raw_client.ts";
import { temporaryFolder } from "../../testing/temporary_folder.ts";
import { formatHash, hashPassword } from "./password_hash.ts";

/** Marks the messages of this test: mosquitto publishes on $SYS, too. */
const PAYLOAD = "for the table";
const END = "end";

interface Place {
  port: number;
  /** Fills in what the helpers of a row log in with. */
  boss: ConnectFields;
}

function nameOf(row: Row): string {
  const who = row.user ?? "nobody";
  const as = row.clientId === undefined ? "" : ` as "${row.clientId}"`;
  const what = row.filter === undefined ? "" : ` "${row.filter}"`;
  return `${who}${as}: ${row.does}${what}, ${row.passes.length} of ${row.topics.length}`;
}

function fieldsOf({ user, clientId = "client" }: Row): ConnectFields {
  if (user === undefined) return { clientId };
  return { clientId, user, password: USERS[user]! };
}

/** Publishes, and waits for the confirmation that forbidden messages get, too. */
async function publish(
  client: RawClient,
  topics: string[],
  { payload = PAYLOAD, retain = false } = {},
): Promise<void> {
  for (const topic of topics) {
    await client.send(publishPacket({ topic, payload, retain, qos: 1 }));
    assertEquals((await client.next())?.header, TYPE.PUBACK, topic);
  }
}

async function subscribe(
  client: RawClient,
  filter: string,
  qos: 0 | 1 | 2 = 1,
): Promise<number> {
  await client.send(subscribePacket({ [filter]: qos, [END]: 1 }));
  const suback = await client.next();
  assertEquals(suback?.header, TYPE.SUBACK);
  return suback!.body[2]!;
}

/** The topics of what comes, up to the message that all may read. */
async function readToEnd(client: RawClient): Promise<string[]> {
  const topics = [];
  while (true) {
    const packet = (await client.next())!;
    if (packet.header === TYPE.PUBREL) {
      await client.send(acknowledgement(TYPE.PUBCOMP, packet.body[1]!));
      continue;
    }
    const { topic, payload, qos, id } = readPublish(packet);
    if (qos === 1) await client.send(acknowledgement(TYPE.PUBACK, id!));
    if (qos === 2) await client.send(acknowledgement(TYPE.PUBREC, id!));
    if (topic === END) return topics.sort();
    if (payload === PAYLOAD) topics.push(topic);
  }
}

async function disconnect(client: RawClient): Promise<void> {
  await client.send(rawPacket(TYPE.DISCONNECT));
  client.close();
}

/** Does what a row says, and gives what arrived and the answer to SUBSCRIBE. */
async function play(
  row: Row,
  { port, boss }: Place,
): Promise<{ arrived: string[]; granted?: number }> {
  const { does, filter = "#", qos, topics } = row;
  const open = (fields: ConnectFields) => openRaw({ port }, fields);
  const isWatched = ["publish", "retain", "clear", "will"].includes(does);
  await using helper = await open(
    isWatched ? { ...boss, clientId: "helper" } : boss,
  );
  const fields = fieldsOf(row);
  if (does === "will") {
    await using watcher = await open(boss);
    await subscribe(watcher, "#");
    for (const topic of topics) {
      const will = { topic, payload: PAYLOAD };
      (await open({ ...fields, will })).close();
    }
    // Whoever takes over a client id finds that the last one is dead.
    await disconnect(await open(fields));
    await publish(helper, [END]);
    return { arrived: await readToEnd(watcher) };
  }
  if (does === "publish" || does === "retain" || does === "clear") {
    await using watcher = await open(boss);
    await using client = await open(fields);
    if (does === "publish") {
      await subscribe(watcher, "#");
      await publish(client, topics);
    } else {
      if (does === "clear") await publish(helper, topics, { retain: true });
      const payload = does === "clear" ? "" : PAYLOAD;
      await publish(client, topics, { payload, retain: true });
      await subscribe(watcher, "#");
    }
    await publish(helper, [END]);
    const kept = await readToEnd(watcher);
    if (does !== "publish") {
      await publish(helper, kept, { payload: "", retain: true });
    }
    if (does !== "clear") return { arrived: kept };
    return { arrived: topics.filter((topic) => !kept.includes(topic)) };
  }
  const isLate = does === "subscribe late";
  if (isLate) await publish(helper, topics, { retain: true });
  const isAway = does === "come back";
  const client = await open({ ...fields, clean: !isAway });
  const granted = await subscribe(client, filter, qos);
  if (isAway) await disconnect(client);
  if (!isLate) await publish(helper, topics);
  await publish(helper, [END]);
  await using reader = isAway
    ? await open({ ...fields, clean: false })
    : client;
  const arrived = await readToEnd(reader);
  if (isLate) await publish(helper, topics, { payload: "", retain: true });
  // A session would be there in the next row.
  if (isAway) (await open(fields)).close();
  return { arrived, granted };
}

/** The password file of the table, with hashes that don't take long. */
async function passwords(): Promise<string> {
  const lines = Object.entries(USERS).map(async ([user, password]) =>
    `${user}:${formatHash(await hashPassword(password, 1_000))}\n`
  );
  return (await Promise.all(lines)).join("");
}

const BOSS = { clientId: "boss", user: "boss", password: USERS.boss! };
const OPEN_BOSS = { clientId: "boss" };

async function codeOf(
  port: number,
  { user, password }: typeof LOGINS[number],
): Promise<number | undefined> {
  await using client = await openRaw({ port });
  await client.send(connectPacket({
    clientId: "newcomer",
    ...user !== undefined && { user },
    ...password !== undefined && { password },
  }));
  return (await client.next())?.body[1];
}

Deno.test("startBroker() gives each client what the table says", async (context) => {
  await using folder = await temporaryFolder();
  const [passwordFile, aclFile] = ["passwords", "acl"].map((name) =>
    `${folder.path}/${name}`
  );
  await Deno.writeTextFile(passwordFile!, await passwords());
  await Deno.writeTextFile(aclFile!, ACL);
  const log: string[] = [];
  const start = (files: { passwordFile?: string; aclFile: string }) =>
    startBroker({ port: 0, ...files, log: (line) => log.push(line) });
  const test = async (row: Row, place: Place) => {
    log.length = 0;
    const { arrived, granted } = await play(row, place);
    assertEquals(arrived, [...row.passes].sort());
    if (granted !== undefined) {
      assertEquals(granted, row.isRefused ? 128 : row.qos ?? 1);
    } else {
      const dropped = log.filter((line) => line.includes("may not publish on"));
      assertEquals(dropped.length, row.topics.length - row.passes.length);
    }
  };

  await using broker = await start({
    passwordFile: passwordFile!,
    aclFile: aclFile!,
  });
  for (const row of ROWS) {
    await context.step(
      nameOf(row),
      () => test(row, { port: broker.port, boss: BOSS }),
    );
  }
  for (const login of LOGINS) {
    await context.step(`login: ${login.name}`, async () => {
      assertEquals(await codeOf(broker.port, login), login.code);
    });
  }

  await Deno.writeTextFile(aclFile!, OPEN_ACL);
  await using open = await start({ aclFile: aclFile! });
  for (const row of OPEN_ROWS) {
    await context.step(
      `without users: ${nameOf(row)}`,
      () => test(row, { port: open.port, boss: OPEN_BOSS }),
    );
  }
});

peerTest(
  ["mosquitto"],
  "mosquitto gives each client what the table says, with the same files",
  async (_commands, context) => {
    const users = await passwords();
    const test = async (row: Row, place: Place) => {
      const { arrived } = await play(row, place);
      const expected = row.passesAtMosquitto ?? row.passes;
      assertEquals(arrived, [...expected].sort());
    };
    await using mosquitto = await startMosquitto({
      config: ({ directory }) => {
        Deno.writeTextFileSync(`${directory}/passwords`, users);
        Deno.writeTextFileSync(`${directory}/acl`, ACL);
        return [
          `password_file ${directory}/passwords`,
          `acl_file ${directory}/acl`,
          "allow_anonymous false",
        ].join("\n");
      },
    });
    for (const row of ROWS) {
      await context.step(
        nameOf(row),
        () => test(row, { port: mosquitto.port, boss: BOSS }),
      );
    }
    for (const login of LOGINS) {
      await context.step(`login: ${login.name}`, async () => {
        const code = await codeOf(mosquitto.port, login);
        assertEquals(code === 0, login.code === 0);
      });
    }

    await using open = await startMosquitto({
      config: ({ directory }) => {
        Deno.writeTextFileSync(`${directory}/acl`, OPEN_ACL);
        return `acl_file ${directory}/acl`;
      },
    });
    for (const row of OPEN_ROWS) {
      await context.step(
        `without users: ${nameOf(row)}`,
        () => test(row, { port: open.port, boss: OPEN_BOSS }),
      );
    }
  },
);
