/**
 * How the command in a second terminal asks the one that runs the cluster: over HTTP
 * on loopback, with a token from a file that only this user can read.
 *
 * @module
 */
import { removeFile, writePrivateFile } from "../options/files.ts";
import { LOOPBACK, requestLocally } from "./loopback.ts";

const FILE = new URL("../../.workbook/cluster.json", import.meta.url);

/** What can be asked for, and with which method of HTTP. */
const METHODS = { kill: "POST", restart: "POST", status: "GET" } as const;

/** What is asked for. */
export interface ClusterRequest {
  action: keyof typeof METHODS;
  /** The node's number, for all but `status`. */
  number: number;
}

/** Where the command that runs the cluster can be asked. */
interface Address {
  port: number;
  token: string;
}

/**
 * Takes requests of other terminals, until it is disposed of.
 *
 * @param answer Does what is asked for, and says what came of it; what it throws, the
 *   other terminal is told.
 * @param file Where others find out how to ask.
 */
export async function serveRequests(
  answer: (request: ClusterRequest) => Promise<string>,
  file: URL = FILE,
): Promise<AsyncDisposable> {
  const token = crypto.randomUUID();
  const end = new AbortController();
  const server = Deno.serve({
    hostname: LOOPBACK,
    port: 0,
    signal: end.signal,
    onListen() {},
  }, async ({ method, url, headers }) => {
    const request = readRequest(method, new URL(url).pathname);
    const isKnown = headers.get("authorization") === `Bearer ${token}`;
    if (!isKnown || request === undefined) {
      return new Response("Not found", { status: 404 });
    }
    try {
      return new Response(await answer(request));
    } catch (error) {
      return new Response((error as Error).message, { status: 409 });
    }
  });
  const address: Address = { port: server.addr.port, token };
  await writePrivateFile(file, JSON.stringify(address));
  return {
    async [Symbol.asyncDispose]() {
      // Another cluster, which was started at the same time, may have its own there.
      const isOurs = (await readAddress(file))?.token === token;
      if (isOurs) await removeFile(file);
      // Who still waits for an answer is not waited for.
      end.abort();
      await server.finished;
    },
  };
}

/**
 * Asks the command that runs a cluster.
 *
 * @param file Where it says how to ask.
 * @returns What it says; undefined if none runs.
 * @throws {Error} If it can't do what is asked for.
 */
export async function askCluster(
  { action, number }: ClusterRequest,
  file: URL = FILE,
): Promise<string | undefined> {
  const address = await readAddress(file);
  const answer = address && await requestLocally({
    port: address.port,
    method: METHODS[action],
    path: `/${action}/${number}`,
    headers: { authorization: `Bearer ${address.token}` },
  });
  if (answer?.status === 409) throw new Error(answer.text);
  return answer?.status === 200 ? answer.text : undefined;
}

function readRequest(
  method: string,
  path: string,
): ClusterRequest | undefined {
  const [, action = "", number = ""] = /^\/(\w+)\/(\d)$/.exec(path) ?? [];
  return isAction(action) && METHODS[action] === method
    ? { action, number: Number(number) }
    : undefined;
}

function isAction(text: string): text is ClusterRequest["action"] {
  return Object.hasOwn(METHODS, text);
}

async function readAddress(file: URL): Promise<Address | undefined> {
  try {
    return JSON.parse(await Deno.readTextFile(file));
  } catch (error) {
    const isNone = error instanceof Deno.errors.NotFound ||
      error instanceof SyntaxError;
    if (isNone) return undefined;
    throw error;
  }
}
