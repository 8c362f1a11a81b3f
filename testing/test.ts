/**
 * Tests that are given what most of them begin with, which ends with them.
 *
 * @module
 */
import {
  anyBroker,
  findLacking,
  onSharedBroker,
  openBroker,
  storeBroker,
  type StoredBroker,
  type TestBroker,
} from "./brokers/embedded_broker.ts";
import {
  type ScriptedBroker,
  startScriptedBroker,
} from "./brokers/scripted_broker.ts";
import { temporaryFolder } from "./temporary_folder.ts";
import { type Connected5, connectRaw5 } from "./clients/raw_client5.ts";

/** Defines a test, whose function is given something that it need not end. */
type Define<Given> = (
  name: string,
  run: (given: Given) => Promise<void>,
) => void;

function define<Given extends AsyncDisposable>(
  open: () => Promise<Given>,
): Define<Given> {
  return (name, run) =>
    Deno.test(name, async () => {
      await using given = await open();
      await run(given);
    });
}

/** A broker, and a client of MQTT 5 that has connected. */
interface Connection extends AsyncDisposable {
  broker: TestBroker;
  client: Connected5;
}

async function openConnection(): Promise<Connection> {
  const broker = await openBroker();
  const client = await connectRaw5(broker);
  return {
    broker,
    client,
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await broker.close();
    },
  };
}

/** `Deno.test`, with something at hand. */
export const test = {
  /** An embedded broker, as it is unless told otherwise. */
  broker: define<TestBroker>(openBroker),
  /**
   * Any broker: the one that the run shares, or else an embedded one; with the features
   * that it must have.
   */
  anyBroker: (
    name: string,
    run: (broker: { url: string }) => Promise<void>,
    { needs = [] }: { needs?: readonly string[] } = {},
  ): void => {
    const lacking = findLacking(needs);
    if (lacking === undefined) {
      define(anyBroker)(onSharedBroker(name), run);
    } else {
      const ignored = `${onSharedBroker(name)} (it lacks: ${lacking})`;
      Deno.test({ name: ignored, ignore: true, fn: () => {} });
    }
  },
  /** The same, and a client that has connected to it in MQTT 5. */
  connected: define<Connection>(openConnection),
  /** A broker that answers as usual, and tells what it was sent. */
  scripted: define<ScriptedBroker>(startScriptedBroker),
  /** An embedded broker with a store, to be started again and again. */
  store: define<StoredBroker>(storeBroker),
  /** The path of an empty folder. */
  folder: (name: string, run: (path: string) => Promise<void>): void =>
    define(temporaryFolder)(name, ({ path }) => run(path)),
};

/** A log, and the lines that are in it. */
interface Logged {
  readonly lines: string[];
  readonly log: (line: string) => void;
}

/** Makes a log that keeps its lines. */
export function logged(): Logged {
  const lines: string[] = [];
  return { lines, log: (line) => void lines.push(line) };
}

/** Makes so many of something, from their numbers, which begin with 0. */
export function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
