import { isLoopback } from "../../lib/client/proxy.ts";

/** What stands for all of this computer's addresses. */
const ALL_ADDRESSES = ["0.0.0.0", "::"];

/** What of a network card is asked for. */
type Card = Pick<Deno.NetworkInterfaceInfo, "address" | "family">;

/**
 * Says how other machines reach a broker on this one, in a line.
 *
 * @param url Its address, as this machine reaches it.
 * @param host What it listens on.
 * @param listCards Lists this machine's network cards.
 * @returns The line; nothing if the address is the same for all.
 */
export function describeReach(
  url: string,
  host = "127.0.0.1",
  listCards: () => Card[] = Deno.networkInterfaces,
): string | undefined {
  if (isLoopback(host)) {
    return "Only this machine reaches it: with --host 0.0.0.0, others do, too";
  }
  if (!ALL_ADDRESSES.includes(host)) return undefined;
  const urls = listCards()
    .filter(({ address, family }) => family === "IPv4" && !isLoopback(address))
    .map(({ address }) => url.replace("localhost", address));
  return urls.length === 0
    ? "This machine is on no network: no other one reaches it"
    : `Other machines reach it at ${urls.join(" or ")}`;
}
