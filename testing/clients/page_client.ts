import { openWebSocket } from "../../lib/client/runtime.ts";
import type {
  Frame,
  FromPage,
  FromServer,
} from "../../workbook/dashboard/protocol.ts";
import { within } from "../deadline.ts";

/** Says to a dashboard what its page would say, and hears the answers. */
interface PageClient extends AsyncDisposable {
  /** What the server has said, but frames. */
  readonly said: FromServer[];
  /** All frames, the oldest first. */
  readonly frames: Frame[];
  say(request: FromPage): void;
  sayRaw(text: string | Uint8Array<ArrayBuffer>): void;
  /** Waits until something is found in what the server has said. */
  until<Found>(find: () => Found | undefined | false): Promise<Found>;
  /** Resolves with the code with which the server closes. */
  readonly closed: Promise<number>;
}

/**
 * Opens a WebSocket to a dashboard as its page does.
 *
 * @param headers Headers in place of those of the page.
 */
export async function openPageClient(
  url: string,
  headers: Record<string, string> = {},
): Promise<PageClient> {
  const { origin, host } = new URL(url);
  const address = `ws://${host}${new URL("socket", url).pathname}`;
  const socket = openWebSocket(address, { headers: { origin, ...headers } });
  const said: FromServer[] = [];
  const frames: Frame[] = [];
  const changes = new EventTarget();
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data) as FromServer;
    if (message.type === "frame") frames.push(message);
    else said.push(message);
    if (message.type === "frame") {
      say({ type: "handled", number: message.number });
    }
    changes.dispatchEvent(new Event("said"));
  };
  const closed = new Promise<number>((resolve) =>
    socket.onclose = ({ code }) => resolve(code)
  );
  await within(
    "the WebSocket to open",
    new Promise<void>((resolve, reject) => {
      socket.onopen = () => resolve();
      socket.onerror = (event) =>
        reject(new Error((event as ErrorEvent).message));
    }),
  );
  socket.onerror = () => {};

  function say(request: FromPage): void {
    socket.send(JSON.stringify(request));
  }

  async function until<Found>(
    find: () => Found | undefined | false,
  ): Promise<Found> {
    let found = find();
    while (found === undefined || found === false) {
      const { promise, resolve } = Promise.withResolvers<void>();
      changes.addEventListener("said", () => resolve(), { once: true });
      await within("the server to say it", promise);
      found = find();
    }
    return found;
  }

  return {
    ...{ said, frames, say, until, closed },
    sayRaw: (text) => socket.send(text),
    async [Symbol.asyncDispose]() {
      if (socket.readyState !== WebSocket.CLOSED) socket.close();
      await within("the WebSocket to close", closed);
    },
  };
}
