/**
 * An authority and a certificate, for a broker in a classroom.
 *
 * The authority's key is kept: with it, a broker that gets another address or
 * whose certificate ends can have a new certificate, and forty laptops needn't
 * get a new authority. What a thief could do with it is bounded: clients take its
 * word only for private names and networks and for the hosts named when it was
 * made, and only for two years.
 *
 * @module
 */
import type { KeyPair } from "../../lib/broker/listen/key_pair.ts";
import {
  inspectAuthority,
  makeAuthority,
  signCertificate,
} from "../certificates/certificates.ts";
import {
  describeNextSteps,
  filesIn,
  findFile,
  type KeyPairFiles,
  readKeyPair,
  writeKeyPair,
} from "../certificates/certificate_files.ts";
import {
  listOwnNames,
  readHostName,
} from "../certificates/certificate_names.ts";
import { type Options, runProgram, UsageError } from "../options/program.ts";

const HELP = `
Makes a certificate for a broker, and the authority that signs it, for TLS in a
classroom. An authority that is in the folder already signs again.

Usage: deno task broker:certificate [--host NAME_OR_ADDRESS]... [--days N]
                                    [--dir FOLDER] [--cluster] [--force]

  --host NAME_OR_ADDRESS  a name or address that clients connect to, besides
                          this computer's own; may be repeated
  --days N                how long the certificate is valid (365; at most 730)
  --dir FOLDER            where the files go (certificates)
  --cluster               it is for the nodes of a cluster, which talk to each other
                          as clients, too: name all with --host
  --force                 replace the broker's certificate and key, if there are
                          some; the authority is never replaced

Files: ca.crt for every client; broker.crt and broker.key for the broker; ca.key
for nobody: it signs the next certificate, so that clients needn't get a new
authority. The authority lasts two years. It may sign for private networks, for
names such as broker.local, and for the hosts that are named when it is made.
`;

const DAY = 24 * 60 * 60 * 1000;
const AUTHORITY_DAYS = 730;
/** A client's clock may be late. */
const HEAD_START = DAY;

export const program = await runProgram({
  help: HELP,
  names: {
    string: ["days", "dir"],
    collect: ["host"],
    boolean: ["cluster", "force"],
  },
  main,
}, import.meta.main);

async function main(options: Options): Promise<void> {
  const days = options.number("days", { least: 1, most: AUTHORITY_DAYS }) ??
    365;
  const folder = options.text("dir") || "certificates";
  const hosts = options.texts("host").map(readHostName);
  const names = [...new Set([...listOwnNames(), ...hosts])];
  const ca = filesIn(folder, "ca");
  const broker = filesIn(folder, "broker");
  const existing = await findFile(broker);
  if (existing !== undefined && !options.has("force")) {
    throw new UsageError(
      `File "${existing}" exists: --force replaces the broker's certificate and key`,
    );
  }
  const authority = await openAuthority(ca, folder, names);
  const { notAfter, permitted } = inspect(authority, { ca, names, hosts });
  const wanted = Date.now() + days * DAY;
  const validity = {
    notBefore: new Date(Date.now() - HEAD_START),
    // After its authority's end, no certificate counts.
    notAfter: new Date(Math.min(wanted, notAfter.getTime())),
  };
  const pair = await signCertificate(authority, {
    names: permitted,
    isNode: options.has("cluster"),
    ...validity,
  });
  await writeKeyPair(broker, pair);
  const until = wanted > notAfter.getTime()
    ? `${day(notAfter)} (the end of its authority)`
    : day(validity.notAfter);
  console.log(
    `New certificate: ${broker.cert}, until ${until}, for ${
      permitted.join(", ")
    }`,
  );
  console.log(describeNextSteps({ ca, broker, host: hosts[0] }));
}

/** The authority in the folder, or a new one. */
async function openAuthority(
  ca: KeyPairFiles,
  folder: string,
  names: string[],
): Promise<KeyPair> {
  if (await findFile(ca) !== undefined) return await readKeyPair(ca);
  const notAfter = new Date(Date.now() + AUTHORITY_DAYS * DAY);
  const authority = await makeAuthority({
    names,
    notBefore: new Date(Date.now() - HEAD_START),
    notAfter,
  });
  await Deno.mkdir(folder, { recursive: true });
  await writeKeyPair(ca, authority);
  console.log(`New authority: ${ca.cert}, until ${day(notAfter)}`);
  return authority;
}

/** Checks that the authority can sign, and for which names. */
function inspect(
  authority: KeyPair,
  { ca, names, hosts }: {
    ca: KeyPairFiles;
    names: string[];
    hosts: string[];
  },
): { notAfter: Date; permitted: string[] } {
  const { notAfter, forbidden } = inspectAuthority(authority, names);
  const anew =
    `move ${ca.cert} and ${ca.key} away, then this command makes a new authority for all clients`;
  if (notAfter.getTime() < Date.now() + DAY) {
    throw new UsageError(
      `Authority "${ca.cert}" ends on ${day(notAfter)}: ${anew}`,
    );
  }
  const refused = hosts.find((host) => forbidden.includes(host));
  if (refused !== undefined) {
    throw new UsageError(
      `Authority "${ca.cert}" may not sign for "${refused}": ${anew}`,
    );
  }
  const permitted = names.filter((name) => !forbidden.includes(name));
  if (forbidden.length > 0) {
    console.error(
      `Left out, since the authority may not sign for them: ${
        forbidden.join(", ")
      }`,
    );
  }
  return { notAfter, permitted };
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}
