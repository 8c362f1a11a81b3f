import { assertEquals } from "@std/assert";
import { startBroker } from "../../broker.ts";
import { publish5, subscribe5 } from "../../../testing/clients/packets5.ts";
import { connectRaw5, ping5 } from "../../../testing/clients/raw_client5.ts";
import {
  openRaw,
  rawPacket,
  subscribePacket,
  TYPE,
} from "../../../testing/clients/raw_client.ts";
import {
  type TemporaryFolder,
  temporaryFolder,
} from "../../../testing/temporary_folder.ts";
import { formatHash, hashPassword } from "./password_hash.ts";

const { PUBACK, SUBACK, DISCONNECT } = TYPE;

/** A broker with a password file and an ACL file, and what writes them anew. */
async function startWithFiles(folder: TemporaryFolder, acl: string) {
  const passwordFile = `${folder.path}/passwords`;
  const aclFile = `${folder.path}/acl`;
  const setUsers = async (users: Record<string, string>) => {
    const lines = Object.entries(users).map(async ([user, password]) =>
      `${user}:${formatHash(await hashPassword(password, 1_000))}\n`
    );
    await Deno.writeTextFile(passwordFile, (await Promise.all(lines)).join(""));
  };
  await setUsers({ ann: "secret", bob: "hidden" });
  await Deno.writeTextFile(aclFile, acl);
  const broker = await startBroker({ port: 0, passwordFile, aclFile });
  const setRules = (text: string) => Deno.writeTextFile(aclFile, text);
  return { ...broker, setUsers, setRules };
}

const ANN = { user: "ann", password: "secret" };
const BOB = { user: "bob", password: "hidden" };

Deno.test("startBroker() delivers no longer what new rules forbid, to who is connected or away", async () => {
  await using folder = await temporaryFolder();
  await using broker = await startWithFiles(folder, "topic a/#\ntopic b/#\n");
  await broker.setRules("pattern readwrite #\n");
  await broker.reloadAccess();
  const away = { ...BOB, clientId: "away", clean: false };
  const first = await openRaw(broker, away);
  await first.send(subscribePacket({ "#": 1 }));
  await first.next();
  first.close();
  await using bob = await connectRaw5(broker, BOB);
  await bob.ask(SUBACK, subscribe5({ "#": 1 }));
  await using ann = await connectRaw5(broker, ANN);
  const publish = async (topic: string) => {
    const { reason } = await ann.ask(PUBACK, publish5({ topic, qos: 1 }));
    return reason;
  };
  assertEquals(await publish("news"), 0);
  assertEquals((await bob.receive()).topic, "news");
  await broker.setRules("user ann\ntopic #\nuser bob\ntopic news\n");
  await broker.reloadAccess();
  await publish("secret");
  await publish("news");
  assertEquals((await bob.receive()).topic, "news");
  await ping5(bob);
  // Ann may only read now, and Bob nothing: not even what waits for him.
  await broker.setRules("user ann\ntopic read #\n");
  await broker.reloadAccess();
  assertEquals(await publish("news"), 135);
  await using back = await openRaw(broker, away);
  await back.send(rawPacket(TYPE.PINGREQ));
  assertEquals((await back.next())?.header, TYPE.PINGRESP);
});

Deno.test("startBroker() cuts a client whose password has changed, or whose user is gone", async () => {
  await using folder = await temporaryFolder();
  await using broker = await startWithFiles(folder, "pattern readwrite #\n");
  await using ann = await connectRaw5(broker, ANN);
  await using bob = await connectRaw5(broker, BOB);
  await broker.setUsers({ bob: "new" });
  await broker.reloadAccess();
  for (const client of [ann, bob]) {
    const { type, reason } = (await client.next())!;
    assertEquals([type, reason], [DISCONNECT, 152]);
    assertEquals(await client.next(), undefined);
  }
});

Deno.test("startBroker() goes on with who is connected when the files say the same", async () => {
  await using folder = await temporaryFolder();
  await using broker = await startWithFiles(folder, "pattern readwrite #\n");
  await using ann = await connectRaw5(broker, ANN);
  await broker.setRules("# the same\npattern readwrite #\n");
  await broker.reloadAccess();
  await ping5(ann);
});
