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
} from "../../../testing/access/access_table.ts";
import { startMosquitto } from "../../../testing/brokers/mosquitto.ts";
import { peerTest } from "../../../testing/peers.ts";
import {
  NOT_AUTHORIZED,
  type Outcome,
  type Place,
  playRow,
} from "../../../testing/access/play_row.ts";
import {
  type Protocol,
  PROTOCOLS,
} from "../../../testing/clients/protocols.ts";
import { connackCode } from "../../../testing/access/table_client.ts";
import { temporaryFolder } from "../../../testing/temporary_folder.ts";
import { formatHash, hashPassword } from "./password_hash.ts";

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

for (const [protocol, version] of PROTOCOLS) {
  Deno.test(`startBroker() gives each client what the table says, in ${version}`, async (context) => {
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
      const outcome = await playRow(row, place);
      const { arrived, granted } = outcome;
      assertEquals(arrived, [...row.passes].sort());
      assertRefused(row, outcome, protocol);
      if (granted !== undefined) {
        const refusal = protocol === 5 ? NOT_AUTHORIZED : 128;
        assertEquals(granted, row.isRefused ? refusal : row.qos ?? 1);
        return;
      }
      const dropped = log.filter((line) => line.includes("may not publish on"));
      assertEquals(dropped.length, row.topics.length - row.passes.length);
    };

    await using broker = await start({
      passwordFile: passwordFile!,
      aclFile: aclFile!,
    });
    const place = { port: broker.port, protocol };
    for (const row of ROWS) {
      await context.step(
        nameOf(row),
        () => test(row, { ...place, boss: BOSS }),
      );
    }
    for (const login of LOGINS) {
      await context.step(`login: ${login.name}`, async () => {
        assertEquals(await codeOf(place, login), login.codes[protocol]);
      });
    }

    await Deno.writeTextFile(aclFile!, OPEN_ACL);
    await using open = await start({ aclFile: aclFile! });
    for (const row of OPEN_ROWS) {
      await context.step(
        `without users: ${nameOf(row)}`,
        () => test(row, { port: open.port, protocol, boss: OPEN_BOSS }),
      );
    }
  });

  peerTest(
    ["mosquitto"],
    `mosquitto gives each client what the table says, with the same files, in ${version}`,
    async (_commands, context) => {
      const users = await passwords();
      const test = async (row: Row, place: Place) => {
        const outcome = await playRow(row, place);
        const expected = row.passesAtMosquitto ?? row.passes;
        assertEquals(outcome.arrived, [...expected].sort());
        assertRefused(row, outcome, protocol);
        // It grants every filter, in both versions.
        if (outcome.granted !== undefined) {
          assertEquals(outcome.granted, row.qos ?? 1);
        }
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
      const place = { port: mosquitto.port, protocol };
      for (const row of ROWS) {
        await context.step(
          nameOf(row),
          () => test(row, { ...place, boss: BOSS }),
        );
      }
      for (const login of LOGINS) {
        await context.step(`login: ${login.name}`, async () => {
          const code = await codeOf(place, login);
          assertEquals(code === 0, login.codes[protocol] === 0);
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
          () => test(row, { port: open.port, protocol, boss: OPEN_BOSS }),
        );
      }
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
