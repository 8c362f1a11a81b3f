import { BlockList, isIP } from "node:net";
import { domainToASCII } from "node:url";
import { UsageError } from "../options/program.ts";

const LABEL = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;

/** How this computer is called and reached, as {@linkcode listOwnNames} asks. */
interface Computer {
  hostname: () => string;
  networkInterfaces: () => { address: string }[];
}

/**
 * Lists the names and addresses that clients may know this computer by.
 *
 * An address of IPv6 that is for one link only is left out: a client would have
 * to name its own network card with it, and no certificate can.
 */
export function listOwnNames(computer: Computer = Deno): string[] {
  const hostname = toName(computer.hostname());
  const addresses = computer.networkInterfaces()
    .map(({ address }) => address)
    .filter((address) => isIP(address) !== 0 && !/^fe[89ab]/i.test(address));
  return [
    ...new Set([
      "localhost",
      "127.0.0.1",
      "::1",
      ...hostname === undefined ? [] : [hostname],
      ...addresses,
    ]),
  ];
}

/**
 * Reads the name or address of a host.
 *
 * @throws {UsageError} If it is neither.
 */
export function readHostName(text: string): string {
  const name = toName(text.replace(/^\[(.*)\]$/, "$1"));
  if (name !== undefined) return name;
  throw new UsageError(
    `Option --host is "${text}": it must be a name such as broker.local, or an address such as 192.168.0.10`,
  );
}

/** The name as certificates have it, with all letters plain and small. */
function toName(text: string): string | undefined {
  // An address with a zone, such as fe80::1%eth0, is for this computer alone.
  if (isIP(text) !== 0 && !text.includes("%")) return text.toLowerCase();
  const name = domainToASCII(text.replace(/\.$/, ""));
  const labels = name.split(".");
  // Digits alone would be read as an address.
  const isName = name.length <= 253 &&
    labels.every((label) => LABEL.test(label)) &&
    !/^\d+$/.test(labels.at(-1)!);
  return isName ? name : undefined;
}

/** Names that nobody owns on the internet, and the networks of private use. */
export const PRIVATE_NAMES: readonly string[] = [
  "localhost",
  "local",
  "lan",
  "home.arpa",
  "internal",
  "test",
  "127.0.0.0/8",
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "169.254.0.0/16",
  "100.64.0.0/10",
  "::1/128",
  "fc00::/7",
  "fe80::/10",
];

/**
 * Whether a name or an address lies in one of the subtrees that an authority may
 * sign for: a name below a name, an address in a network.
 */
export function isPermitted(
  name: string,
  subtrees: readonly string[],
): boolean {
  const version = isIP(name);
  if (version === 0) {
    return subtrees.some((subtree) => `.${name}`.endsWith(`.${subtree}`));
  }
  const networks = new BlockList();
  for (const subtree of subtrees) {
    const [address = "", length] = subtree.split("/");
    if (isIP(address) !== version) continue;
    networks.addSubnet(address, Number(length), family(version));
  }
  return networks.check(name, family(version));
}

function family(version: number): "ipv4" | "ipv6" {
  return version === 4 ? "ipv4" : "ipv6";
}
