import { BlockList, isIP } from "node:net";

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
