import { assertPort } from "../client/address.ts";
import { createAccess } from "./access/access.ts";
import { allowPages, createAdmission } from "./listen/admission.ts";
import { createCore } from "./core.ts";
import { openDurable } from "./store/durable.ts";
import { assertKeyPair, type KeyPair } from "./listen/key_pair.ts";
import { readLimits } from "./limits.ts";
import {
  type Listener,
  listenTcp,
  listenWebSocket,
} from "./listen/listeners.ts";
import { printable } from "../printable.ts";
import type { Broker, BrokerOptions } from "./options.ts";

/** Does what `startBroker()` says. */
export async function openBroker(options: BrokerOptions): Promise<Broker> {
  const { host = "127.0.0.1", websocketPort, tls } = options;
  // With TLS, what is sent without it is meant to be.
  const port = options.port ?? (tls === undefined ? 1883 : undefined);
  if (host === "") throw new TypeError('Host is "": it must not be empty');
  assertPorts(port, websocketPort, tls?.port, tls?.websocketPort);
  if (tls !== undefined) assertKeyPair(tls);
  const { log: tell = () => {}, warn: tellAll = tell, store } = options;
  // A name in them may be anybody's: it mustn't forge another line.
  const log = (line: string) => tell(printable(line));
  const warn = (line: string) => tellAll(printable(line));
  if (store === "") throw new TypeError('Store is "": it must name a folder');
  const limits = readLimits(options.limits);
  const isPageAllowed = allowPages(options.origins);
  const access = await createAccess(options, warn);
  const durable = store === undefined
    ? undefined
    : await openDurable(store, warn);
  const core = createCore({ access, limits, log, durable });
  const { maxPacketSize } = limits;
  const admission = createAdmission(limits, log);
  const { serve } = core;
  const door = { admission, serve, isPageAllowed, maxPacketSize, log };
  const listeners: Listener[] = [];
  let closing: Promise<void> | undefined;
  const close = () => closing ??= closeAll();

  async function closeAll(): Promise<void> {
    // The clients are told why before their sockets are closed.
    await core.close();
    await Promise.all(listeners.map((listener) => listener.close()));
  }
  async function open(
    scheme: string,
    listen: typeof listenTcp,
    port: number | undefined,
    keyPair?: KeyPair,
  ): Promise<Listener & { url: string } | undefined> {
    if (port === undefined) return undefined;
    const listener = await listen(host, port, door, keyPair);
    listeners.push(listener);
    return {
      ...listener,
      url: `${scheme}://${reachable(host)}:${listener.port}`,
    };
  }
  try {
    const tcp = await open("mqtt", listenTcp, port);
    const ws = await open("ws", listenWebSocket, websocketPort);
    const mqtts = tls && await open("mqtts", listenTcp, tls.port ?? 8883, tls);
    const wss = await open("wss", listenWebSocket, tls?.websocketPort, tls);
    const main = (tcp ?? mqtts)!;
    access.watch();
    // All listen on the same address.
    if (access.isOpen && !isLoopback(main.address)) {
      warn(
        `Anyone who can reach ${main.address} may connect without a password: a password file lets in only whom you name`,
      );
    }
    return {
      url: main.url,
      port: main.port,
      websocketUrl: ws?.url,
      tlsUrl: mqtts?.url,
      secureWebsocketUrl: wss?.url,
      clients: core.clients,
      reloadAccess: access.reload,
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function assertPorts(...ports: (number | undefined)[]): void {
  for (const port of ports) {
    if (port !== undefined) assertPort(port, 0);
  }
}

/** A host for a URL: listening on all addresses has none of its own. */
function reachable(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}

/** Whether only programs on this computer can reach an IP address. */
function isLoopback(address: string): boolean {
  return address === "::1" || /^(::ffff:)?127\./.test(address);
}
