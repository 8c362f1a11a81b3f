import { randomBytes } from "node:crypto";
import { parseAddresses } from "../../lib/client/address.ts";
import type { Broker, ConnectOptions } from "../../lib/mod.ts";
import { describeError } from "../../lib/describe_error.ts";
import { printable } from "../../lib/printable.ts";
import { BrokerLink } from "./broker_link.ts";
import { servePages } from "./page_server.ts";
import type { Page } from "./page_sockets.ts";
import type { FromServer, PublishRequest } from "./protocol.ts";
import type { Ring } from "./collections.ts";
import { clientNews, createLogLines } from "./news.ts";
import { TopicTable } from "./topic_table.ts";
import { Viewer } from "./viewer.ts";

/** How often a page is told something at most, in milliseconds. */
const PACE = 100;
const LOOPBACK = "127.0.0.1";

/** What a dashboard shows, and to whom. */
export interface DashboardOptions {
  /** The broker's URL. */
  broker: string;
  /** Topic filters. */
  filters: string[];
  connection: ConnectOptions;
  /** The name or address that the page is served at (loopback), and its port. */
  host?: string;
  port: number;
  /** What a page must say; without it, its address has a token that can't be guessed. */
  password?: string | undefined;
  /** The embedded broker's clients, where there is one. */
  clients?: Broker["clients"] | undefined;
  /** Lines of the embedded broker's log, as they come; those of the connection are added. */
  log?: Ring<string>;
  /** Readings from before, and where they are from. */
  recording?: { name: string; table: TopicTable } | undefined;
}

/** A dashboard that is served. */
export interface Dashboard extends AsyncDisposable {
  /** The page's address. */
  readonly url: string;
  /** Rejects if the broker doesn't take the dashboard back. */
  readonly refused: Promise<never>;
}

/**
 * Connects to a broker and serves a page that shows what comes.
 *
 * @throws {ConnectionRefusedError | BrokerUnreachableError} If there is no connection.
 * @throws {SubscriptionRefusedError} If the broker refuses every filter.
 * @throws {UsageError} If the page can't be served there.
 */
export async function openDashboard(
  options: DashboardOptions,
): Promise<Dashboard> {
  const { recording, clients, password } = options;
  const table = recording?.table ?? new TopicTable();
  const link = await BrokerLink.open({
    host: options.broker,
    filters: options.filters,
    connection: options.connection,
    onMessage: (message) => table.take(message, Date.now()),
    log: options.log ?? createLogLines(),
    now: Date.now,
  });
  const labels = parseAddresses(options.broker).map(({ label }) => label);
  const pages = new Map<Viewer, (message: FromServer) => void>();
  const sources = {
    table,
    link,
    clients: clients && (() => clients().map(clientNews)),
  };

  function accept(send: (message: FromServer) => void): Page {
    send({
      type: "welcome",
      broker: labels.join(", "),
      filters: options.filters
        .filter((filter) => !link.refusedFilters.includes(filter)),
      refused: link.refusedFilters,
      hasClients: clients !== undefined,
      ...recording && { recording: recording.name },
    });
    const viewer = new Viewer(sources);
    pages.set(viewer, send);
    const tell = () => tellPage(viewer, send);
    tell();
    const notePackets = () => {
      link.isPacketsWanted = [...pages.keys()].some((one) => one.showsPackets);
    };
    return {
      onRequest(request) {
        if (request.type === "handled") viewer.handled(request.number);
        if (request.type === "open") viewer.open(request.topic);
        if (request.type === "series") viewer.show(request.series);
        if (request.type === "clients") viewer.showClients(request.isShown);
        if (request.type === "publish") publish(request).then(send);
        if (request.type === "packets") {
          viewer.showPackets(request.isShown);
          notePackets();
        }
        // Who asks for something needn't wait for the next turn.
        if (request.type !== "handled") tell();
      },
      onClose() {
        pages.delete(viewer);
        notePackets();
      },
    };
  }

  async function publish(request: PublishRequest): Promise<FromServer> {
    const answer = { type: "published", request: request.request } as const;
    try {
      await link.publish(request);
      const { topic, payload, retain } = request;
      if (retain) table.setRetained(topic, payload !== "");
      return answer;
    } catch (error) {
      return { ...answer, error: printable(describeError(error)) };
    }
  }

  function tellPages(): void {
    for (const [viewer, send] of pages) {
      viewer.note(table.changed);
      tellPage(viewer, send);
    }
    table.changed.clear();
  }

  const timer = setInterval(tellPages, PACE);
  try {
    const server = await servePages({
      host: options.host ?? LOOPBACK,
      port: options.port,
      password,
      token: password === undefined
        ? randomBytes(16).toString("base64url")
        : undefined,
      accept,
    });
    return {
      url: server.url,
      refused: link.refused,
      async [Symbol.asyncDispose]() {
        clearInterval(timer);
        await server[Symbol.asyncDispose]();
        await link[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    clearInterval(timer);
    await link[Symbol.asyncDispose]();
    throw error;
  }
}

function tellPage(viewer: Viewer, send: (message: FromServer) => void): void {
  const frame = viewer.frame(Date.now());
  if (frame) send(frame);
}
