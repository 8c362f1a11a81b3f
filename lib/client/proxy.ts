import process from "node:process";
import type { BrokerAddress } from "./address.ts";

type Host = Pick<BrokerAddress, "protocol" | "hostname">;

/**
 * Names the variable whose proxy Deno sends a WebSocket through, if one does.
 *
 * Deno takes a host for one of `NO_PROXY` if it is or ends with an entry. A range
 * of addresses (`10.0.0.0/8`) isn't compared here.
 */
export function proxyVariable(
  { protocol, hostname }: Host,
): string | undefined {
  if (!protocol.startsWith("ws")) return undefined;
  const names = protocol === "ws"
    ? ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"]
    : ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
  const exceptions = read("NO_PROXY") ?? read("no_proxy") ?? "";
  const isExcepted = exceptions.split(",")
    .map((entry) => entry.trim().replace(/^\./, ""))
    .some((entry) => entry === hostname || hostname.endsWith(`.${entry}`));
  return isExcepted ? undefined : names.find((name) => read(name));
}

/** Whether only programs on this computer can reach a host. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "::1" ||
    /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/**
 * Makes an HTTP client that goes past all proxies to one host. Deno reads
 * `NO_PROXY` when a client is made, so that it need hold the host only meanwhile.
 *
 * @returns The client, through a proxy where the variable mustn't be set.
 */
export function createDirectClient(
  hostname: string,
  options: Deno.CreateHttpClientOptions,
): Deno.HttpClient {
  const before = read("NO_PROXY");
  try {
    process.env.NO_PROXY = hostname;
  } catch {
    return Deno.createHttpClient(options);
  }
  try {
    return Deno.createHttpClient(options);
  } finally {
    if (before === undefined) delete process.env.NO_PROXY;
    else process.env.NO_PROXY = before;
  }
}

/** A variable that isn't empty, and that the program may read. */
function read(name: string): string | undefined {
  try {
    return process.env[name] || undefined;
  } catch {
    return undefined;
  }
}
