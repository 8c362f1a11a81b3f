import { Buffer } from "node:buffer";
import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage, Server } from "node:http";
import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import type { WebSocket, WebSocketServer } from "npm:@types/ws@8.18.2";
import { importLate } from "../../lib/client/runtime.ts";
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

/** Whose pages are let in, and who takes them. */
export interface PageSocketOptions {
  /** The name or address that the server listens on. */
  host: string;
  /** What a page must say before it is told anything. */
  password?: string | undefined;
  /** Takes a page that has been let in. */
  accept: (send: (message: FromServer) => void) => Page;
}

/**
 * Takes the WebSockets that pages of a server open at a path.
 *
 * @returns The acceptor of `ws`, which knows those that are open.
 */
export async function acceptPages(
  server: Server,
  path: string,
  { host, password, accept }: PageSocketOptions,
): Promise<WebSocketServer> {
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
  accept: PageSocketOptions["accept"],
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
export function isOwnHost(
  named: string | undefined,
  host: string,
): boolean {
  const url = URL.parse(`http://${named}`);
  if (url === null || url.host !== named?.toLowerCase()) return false;
  const name = url.hostname.replace(/^\[(.*)\]$/, "$1");
  return name === "localhost" || name === host.toLowerCase() || isIP(name) > 0;
}

/** Whether two texts are the same, told in the same time however much agrees. */
export function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
