import { assertEquals } from "@std/assert";
import { startBroker } from "../../broker.ts";
import { formatHash, hashPassword } from "./password_hash.ts";
import {
  ACL,
  LOGINS,
  OPEN_ACL,
  OPEN_ROWS,
  type Row,
  ROWS,
  USERS,
} from "../../../testing/access/access_table.ts";
import { startMosquitto } from "../../../testing/brokers/mosquitto.ts";
import { peerTest } from "../../../testing/peers.ts";
import {
  connackCode,
  NOT_AUTHORIZED,
  type Outcome,
  playRow,
} from "../../../testing/access/play_row.ts";
import { type Protocol, PROTOCOLS } from "../../../testing/clients/clients.ts";
import { temporaryFolder } from "../../../testing/temporary_folder.ts";
import { logged } from "../../../testing/test.ts";

function nameOf(row: Row): string {
  const who = row.user ?? "nobody";
  const as = row.clientId === undefined ? "" : ` as "${row.clientId}"`;
  const what = row.filter === undefined ? "" : ` "${row.filter}"`;
  return `${who}${as}: ${row.does}${what}, ${row.passes.length} of ${row.topics.length}`;
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

/** The code for a login in a version of the protocol. */
function codeOf(
  { port, protocol }: { port: number; protocol: Protocol },
  { user, password }: typeof LOGINS[number],
): Promise<number | undefined> {
  return connackCode({ port, protocol }, {
    clientId: "newcomer",
    ...user !== undefined && { user },
    ...password !== undefined && { password },
  });
}

/** A broker that is put to the table. */
interface Candidate {
  /** Starts it, with users or without. */
  start(isOpen: boolean): Promise<AsyncDisposable & { port: number }>;
  check(row: Row, outcome: Outcome): void;
  checkLogin(code: number | undefined, wanted: number): void;
}

/** Plays all rows in a version of the protocol, and tries all logins. */
async function playTable(
  context: Deno.TestContext,
  protocol: Protocol,
  { start, check, checkLogin }: Candidate,
): Promise<void> {
  for (const isOpen of [false, true]) {
    await using broker = await start(isOpen);
    const boss = isOpen ? OPEN_BOSS : BOSS;
    const place = { port: broker.port, protocol, boss };
    for (const row of isOpen ? OPEN_ROWS : ROWS) {
      const name = `${isOpen ? "without users: " : ""}${nameOf(row)}`;
      await context.step(name, async () => {
        const outcome = await playRow(row, place);
        assertRefused(row, outcome, protocol);
        check(row, outcome);
      });
    }
    for (const login of isOpen ? [] : LOGINS) {
      await context.step(`login: ${login.name}`, async () => {
        checkLogin(await codeOf(place, login), login.codes[protocol]);
      });
    }
  }
}

for (const [protocol, version] of PROTOCOLS) {
  Deno.test(`startBroker() gives each client what the table says, in ${version}`, async (context) => {
    await using folder = await temporaryFolder();
    const aclFile = `${folder.path}/acl`;
    const passwordFile = `${folder.path}/passwords`;
    await Deno.writeTextFile(passwordFile, await passwords());
    const { lines, log } = logged();
    await playTable(context, protocol, {
      async start(isOpen) {
        await Deno.writeTextFile(aclFile, isOpen ? OPEN_ACL : ACL);
        const users = isOpen ? {} : { passwordFile };
        return await startBroker({ port: 0, aclFile, log, ...users });
      },
      check(row, { arrived, granted }) {
        assertEquals(arrived, [...row.passes].sort());
        const dropped = lines.splice(0)
          .filter((line) => line.includes("may not publish on")).length;
        if (granted === undefined) {
          assertEquals(dropped, row.topics.length - row.passes.length);
          return;
        }
        const refusal = protocol === 5 ? NOT_AUTHORIZED : 128;
        assertEquals(granted, row.isRefused ? refusal : row.qos ?? 1);
      },
      checkLogin: (code, wanted) => assertEquals(code, wanted),
    });
  });

  peerTest(
    ["mosquitto"],
    `mosquitto gives each client what the table says, with the same files, in ${version}`,
    async (_commands, context) => {
      const users = await passwords();
      await playTable(context, protocol, {
        start: (isOpen) =>
          startMosquitto({
            config: ({ directory }) => {
              const acl = isOpen ? OPEN_ACL : ACL;
              Deno.writeTextFileSync(`${directory}/acl`, acl);
              Deno.writeTextFileSync(`${directory}/passwords`, users);
              const lines = [`acl_file ${directory}/acl`];
              if (!isOpen) lines.push(`password_file ${directory}/passwords`);
              if (!isOpen) lines.push("allow_anonymous false");
              return lines.join("\n");
            },
          }),
        check(row, { arrived, granted }) {
          const expected = row.passesAtMosquitto ?? row.passes;
          assertEquals(arrived, [...expected].sort());
          // It grants every filter, in both versions.
          if (granted !== undefined) assertEquals(granted, row.qos ?? 1);
        },
        checkLogin: (code, wanted) => assertEquals(code === 0, wanted === 0),
      });
    },
  );
}

/** Checks that MQTT 5 says of each message that is dropped that it is. */
function assertRefused(row: Row, { refused }: Outcome, protocol: Protocol) {
  if (refused === undefined) return;
  const { topics, passes } = row;
  const dropped = topics.filter((topic) => !passes.includes(topic));
  assertEquals(refused, protocol === 5 ? dropped : []);
}
