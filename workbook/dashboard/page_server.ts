import type { Buffer } from "node:buffer";
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { UsageError } from "../options/program.ts";
import { type PageFile, readPageFiles } from "./page_files.ts";
import {
  acceptPages,
  isOwnHost,
  isSame,
  type PageSocketOptions,
} from "./page_sockets.ts";

/** How pages are served. */
export interface PageServerOptions extends PageSocketOptions {
  /** The port, 0 for any free one. */
  port: number;
  /** The first part of every path; without it nobody learns anything. */
  token?: string | undefined;
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
  const files = await readPageFiles();
  const prefix = token === undefined ? "/" : `/${token}/`;
  const headers = {
    "content-security-policy": [
      "default-src 'none'",
      "script-src 'self'",
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

/** Whether a path lies below another, told in the same time however much agrees. */
function isBelow(prefix: string, path: string): boolean {
  return isSame(path.slice(0, prefix.length), prefix);
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

/** What one who keeps sockets to a server may take of it. */
interface ServerLimits {
  /** Connections in all. */
  connections: number;
  /** Connections from one address. */
  connectionsOfAddress: number;
  /** Milliseconds in which a request must be there, which is a few lines. */
  requestTime: number;
}

/** A browser has six to a server, and a WebSocket a page; many may share an address. */
const LIMITS: ServerLimits = {
  connections: 500,
  connectionsOfAddress: 100,
  requestTime: 10_000,
};

/**
 * Makes a server that cuts connections that are slow or too many: it would run out of
 * files, and then take none any more, even when there is room again.
 */
export function createLimitedServer(
  answer: RequestListener,
  { connections, connectionsOfAddress, requestTime }: ServerLimits = LIMITS,
): Server {
  const server = createServer({
    headersTimeout: requestTime,
    requestTimeout: requestTime,
    connectionsCheckingInterval: requestTime / 10,
  }, answer);
  const open = new Map<string, number>();
  server.maxConnections = connections;
  server.on("connection", (socket: Socket) => {
    const address = socket.remoteAddress ?? "";
    const count = (open.get(address) ?? 0) + 1;
    open.set(address, count);
    socket.once("close", () => {
      const left = open.get(address)! - 1;
      if (left > 0) open.set(address, left);
      else open.delete(address);
    });
    if (count > connectionsOfAddress) socket.destroy();
  });
  return server;
}
