/**
 * What every web server does: it listens, and hands out files.
 *
 * @module
 */
import { once } from "node:events";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { type AddressInfo, isIPv6 } from "node:net";
import mqtt from "mqtt/dist/mqtt.min" with { type: "text" };
import html from "./page/index.html" with { type: "text" };
import script from "./page/page.js" with { type: "text" };
import style from "./page/style.css" with { type: "text" };

interface File {
  type: string;
  text: string;
}

// The files are text that is loaded with the program: it needs no permission to
// read them, and no address that anybody thinks up leads to another file.
const FILES: ReadonlyMap<string, File> = new Map([
  ["/", { type: "text/html", text: html }],
  ["/page.js", { type: "text/javascript", text: script }],
  ["/style.css", { type: "text/css", text: style }],
  // MQTT.js brings one file for browsers, with all that it needs inside.
  ["/mqtt.js", { type: "text/javascript", text: mqtt }],
]);
const NOT_FOUND: File = { type: "text/plain", text: "Not found\n" };

// The browser is to run and load nothing from elsewhere, so that no message can
// bring a script with it; and no other page may put this one in a frame, where
// it could steal a click on a button.
const POLICY = [
  "default-src 'self'",
  "img-src data:", // The page's icon.
  "worker-src blob:", // MQTT.js's timers, which go on in a hidden tab.
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
];

/** Answers a request with one of the page's files, or with 404. */
export function servePage(
  { url = "" }: IncomingMessage,
  response: ServerResponse,
): void {
  const file = FILES.get(url) ?? NOT_FOUND;
  response.writeHead(file === NOT_FOUND ? 404 : 200, {
    "cache-control": "no-cache",
    "content-security-policy": POLICY.join("; "),
    "content-type": `${file.type}; charset=utf-8`,
    "x-content-type-options": "nosniff",
  });
  response.end(file.text);
}

/**
 * Lets a server listen.
 *
 * @param server The server.
 * @param host Its own address or name.
 * @param port A port, as text; 0 for any that is free.
 * @returns The address of its page.
 * @throws {RangeError} If the port isn't one.
 * @throws {Error} If the address isn't this computer's, or the port is in use.
 */
export async function listen(
  server: Server,
  host: string,
  port: string,
): Promise<string> {
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    throw new RangeError(
      `Port is "${port}": it must be a whole number from 0 to 65535`,
    );
  }
  // A client may hang up while it is answered. That error is nobody's, and one
  // that nobody listens for ends a program.
  server.on("connection", (socket) => socket.on("error", () => {}));
  server.listen({ host, port: Number(port) });
  try {
    await once(server, "listening");
  } catch (error) {
    const isTaken = (error as { code?: unknown }).code === "EADDRINUSE";
    throw new Error(
      isTaken
        ? `Port ${port} is in use: give another one, as in "${host} ${
          Number(port) + 1
        }"`
        : `Server can't listen on "${host}": it must be an address or a name of this computer`,
      { cause: error },
    );
  }
  const { port: actualPort } = server.address() as AddressInfo;
  return `http://${isIPv6(host) ? `[${host}]` : host}:${actualPort}/`;
}
