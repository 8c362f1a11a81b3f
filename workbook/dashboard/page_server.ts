import { Buffer } from "node:buffer";
import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { type AddressInfo, isIP } from "node:net";
import type { Duplex } from "node:stream";
import { gzipSync } from "node:zlib";
import type { WebSocket } from "npm:@types/ws@8.18.2";
import { importLate } from "../../lib/client/import_late.ts";
import { UsageError } from "../options/program.ts";
import { createLimitedServer } from "./limited_server.ts";
import { type PageFile, readPageFiles } from "./page_files.ts";
import type { FromServer } from "./protocol.ts";
import { readRequest } from "./requests.ts";

/** One message of a page: a payload that is published, at most. */
const LONGEST_REQUEST = 1024 * 1024;
const MOST_PAGES = 50;
/** Of them, those from one address that have yet to give the password. */
const MOST_WAITING = 10;
const TIME_FOR_HELLO = 10_000;
const PAUSE_AFTER_WRONG = 1_000;
/** RFC 6455 section 7.4.1. */
const POLICY_VIOLATION = 1008;

/** A page that has been let in. */
export interface Page {
  /** Takes what the page says. */
  onRequest: (request: ReturnType<typeof readRequest> & object) => void;
  /** The page is gone. */
  onClose: () => void;
}

/** How pages are served. */
export interface PageServerOptions {
  /** The name or address to listen on. */
  host: string;
  /** The port, 0 for any free one. */
  port: number;
  /** The first part of every path; without it nobody learns anything. */
  token?: string | undefined;
  /** What a page must say before it is told anything. */
  password?: string | undefined;
  /** Takes a page that has been let in. */
  accept: (send: (message: FromServer) => void) => Page;
}

/** A server of the page. */
interface PageServer extends AsyncDisposable {
  /** The page's address, with the token. */
  readonly url: string;
}

/**
 * Serves the page, and a WebSocket for each page that is open.
 *
 * Every request must name the host that it was sent to by an address or as
 * `localhost`, or as `host`: a stranger's name may lead here (DNS rebinding). A
 * WebSocket must come from a page of the same origin.
 *
 * @throws {UsageError} If the port can't be listened on.
 */
export async function servePages(
  options: PageServerOptions,
): Promise<PageServer> {
  const { host, token } = options;
  const { files, importMapHash } = await readPageFiles();
  const prefix = token === undefined ? "/" : `/${token}/`;
  const headers = {
    "content-security-policy": [
      "default-src 'none'",
      `script-src 'self' ${importMapHash}`,
      "style-src 'self'",
      "img-src 'self' data: blob:",
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join("; "),
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  };

  const zipped = new Map<PageFile, Buffer>();
  /** Once a file: it takes far longer to answer than to ask. */
  function zip(file: PageFile): Buffer {
    const known = zipped.get(file) ?? gzipSync(file.body);
    zipped.set(file, known);
    return known;
  }

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const say = (status: number, text: string, more = {}) => {
      const type = "text/plain; charset=utf-8";
      response.writeHead(status, { ...headers, "content-type": type, ...more });
      response.end(`${text}\n`);
    };
    if (!isOwnHost(request.headers.host, host)) {
      return say(421, "This host is not known here");
    }
    if (request.method !== "GET" && request.method !== "HEAD") {
      return say(405, "Only GET is answered", { allow: "GET, HEAD" });
    }
    const path = request.url ?? "";
    const file = isBelow(prefix, path)
      ? files.get(path.slice(prefix.length))
      : undefined;
    if (file === undefined) {
      return say(404, "Not found: use the address that the command printed");
    }
    const isZipped = /\bgzip\b/.test(`${request.headers["accept-encoding"]}`);
    response.writeHead(200, {
      ...headers,
      "content-type": file.type,
      ...isZipped && { "content-encoding": "gzip" },
    });
    response.end(
      request.method === "HEAD" ? undefined : isZipped ? zip(file) : file.body,
    );
  }

  const server = createLimitedServer(answer);
  const pages = await acceptPages(server, `${prefix}socket`, options);
  await listen(server, host, options.port);
  const { port } = server.address() as AddressInfo;
  const name = host === "0.0.0.0" || host === "::" ? "localhost" : host;
  return {
    url: `http://${name.includes(":") ? `[${name}]` : name}:${port}${prefix}`,
    async [Symbol.asyncDispose]() {
      for (const page of pages.clients) page.terminate();
      pages.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function acceptPages(
  server: Server,
  path: string,
  { host, password, accept }: PageServerOptions,
) {
  const { WebSocketServer } = await importLate<
    typeof import("npm:@types/ws@8.18.2")
  >("ws", "npm:ws@8.23.0");
  const acceptor = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: LONGEST_REQUEST,
  });
  /** Who has yet to give the password, by address: strangers leave room for others. */
  const waiting = new Map<WebSocket, string | undefined>();
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head) => {
    socket.on("error", () => socket.destroy());
    const { headers, url = "" } = request;
    const isOwn = isOwnHost(headers.host, host) &&
      headers.origin === `http://${headers.host}` && isSame(url, path);
    if (!isOwn) return refuse(socket, "403 Forbidden");
    const address = request.socket.remoteAddress;
    const others = [...waiting.values()].filter((other) => other === address);
    if (
      acceptor.clients.size >= MOST_PAGES || others.length >= MOST_WAITING
    ) {
      return refuse(socket, "503 Service Unavailable");
    }
    acceptor.handleUpgrade(request, socket, head, (websocket) => {
      if (password !== undefined) waiting.set(websocket, address);
      websocket.on("close", () => waiting.delete(websocket));
      letIn(websocket, password, (send) => {
        waiting.delete(websocket);
        return accept(send);
      });
    });
  });
  return acceptor;
}

/** Waits for what a page says first, and hands it on if it may come in. */
function letIn(
  websocket: WebSocket,
  password: string | undefined,
  accept: PageServerOptions["accept"],
): void {
  const send = (message: FromServer) => websocket.send(JSON.stringify(message));
  const timer = setTimeout(() => websocket.terminate(), TIME_FOR_HELLO);
  let page: Page | undefined;
  let isOver = false;
  websocket.on("error", () => websocket.terminate());
  websocket.on("close", () => {
    clearTimeout(timer);
    page?.onClose();
  });
  websocket.on("message", (data, isBinary) => {
    // What came in one piece with the last is read all the same.
    if (isOver) return;
    const request = isBinary ? undefined : readRequest(String(data));
    if (request === undefined || (request.type === "hello") === !!page) {
      isOver = true;
      return websocket.close(POLICY_VIOLATION, "Request is not understood");
    }
    if (page) return page.onRequest(request);
    if (request.type !== "hello") return;
    clearTimeout(timer);
    if (password === undefined || isSame(request.password ?? "", password)) {
      page = accept(send);
      return;
    }
    isOver = true;
    if (request.password === undefined) {
      send({ type: "refusal", reason: "password needed" });
      websocket.close();
    } else {
      // Guessing is to take long.
      websocket.pause();
      setTimeout(() => {
        websocket.resume();
        send({ type: "refusal", reason: "password wrong" });
        websocket.close();
      }, PAUSE_AFTER_WRONG);
    }
  });
}

function refuse(socket: Duplex, status: string): void {
  // The other side may never close it.
  socket.once("finish", () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
}

/** Whether a host that a request names can't be a stranger's name for this one. */
function isOwnHost(named: string | undefined, host: string): boolean {
  const url = URL.parse(`http://${named}`);
  if (url === null || url.host !== named?.toLowerCase()) return false;
  const name = url.hostname.replace(/^\[(.*)\]$/, "$1");
  return name === "localhost" || name === host.toLowerCase() || isIP(name) > 0;
}

/** Whether a path lies below another, told in the same time however much agrees. */
function isBelow(prefix: string, path: string): boolean {
  return isSame(path.slice(0, prefix.length), prefix);
}

function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", ({ code, message }: Error & { code?: string }) => {
      const why = code === "EADDRINUSE" ? "it is in use" : message;
      reject(
        new UsageError(
          `Page can't be served at ${host}:${port}: ${why}; --port 0 takes any free port`,
        ),
      );
    });
    server.listen(port, host, resolve);
  });
}
