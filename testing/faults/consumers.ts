/**
 * Programs that receive while the network fails.
 *
 * @module
 */
import { setTimeout as pause } from "node:timers/promises";
import {
  type Client,
  type Message,
  messages,
  subscribe,
  type SubscribeOptions,
} from "../../lib/mod.ts";
import type { Protocol } from "../clients/clients.ts";
import type { Random } from "../../workbook/checking/random.ts";
import type { MessageLog } from "./message_log.ts";
import { connectOptions, TOPICS } from "./settings.ts";

/** What consumers share. */
export interface Consumption {
  url: string;
  protocol: Protocol;
  messageLog: MessageLog;
  random: Random;
  log: (line: string) => void;
}

/** Somebody who must get every message. */
export interface Consumer {
  name: string;
  /** How often the broker has granted what it subscribed to. */
  grants(): number;
  /** Looks at what it has, where that isn't in the log as soon as it has it. */
  refresh?(): Promise<void>;
  /** The client behind it, to look at its listeners. */
  client?: Client;
  close(): Promise<void>;
}

/** One whose handler, or whose process, can be made to fail. */
export interface FailingConsumer extends Consumer {
  /** Makes it fail once. */
  fail(): Promise<void>;
}

/** Whether handlers may fail at the moment. */
interface HandlerFaults {
  mayFail: boolean;
}

/** What consumers subscribe with: a session that is kept. */
export function optionsOf(
  name: string,
  qos: 1 | 2,
  { log, protocol }: Consumption,
): SubscribeOptions & { grants: () => number } {
  let grants = 0;
  return {
    ...connectOptions(protocol, name),
    qos,
    log: (line) => log(`${name}: ${line}`),
    onError: () => {},
    onSubscribe: () => grants++,
    grants: () => grants,
  };
}

function idOf(message: Message): number {
  return message.number;
}

/**
 * `subscribe` with a handler that takes its time, and now and then throws. It asks
 * for QoS 2; where it isn't granted that, messages may come twice.
 */
export async function startSubscriber(
  consumption: Consumption,
  { handlerFaults, name = "subscriber", isExactlyOnce = true }: {
    handlerFaults: HandlerFaults;
    name?: string;
    isExactlyOnce?: boolean;
  },
): Promise<Consumer> {
  const { url, messageLog, random } = consumption;
  messageLog.addConsumer(name, isExactlyOnce);
  const options = optionsOf(name, 2, consumption);
  const subscription = await subscribe(
    url,
    TOPICS,
    async (message) => {
      if (random.next() < 0.05) await pause(random.integer(0, 5));
      if (handlerFaults.mayFail && random.next() < 0.005) {
        throw new Error("It failed");
      }
      messageLog.handle(name, idOf(message));
    },
    false,
    options,
  );
  const { client } = subscription;
  return { ...options, name, client, close: () => subscription.close() };
}

/** `messages`, in one loop to the end. */
export function startReader(consumption: Consumption): Consumer {
  const { url, messageLog } = consumption;
  const name = "reader";
  messageLog.addConsumer(name, true);
  const stop = new AbortController();
  const options = optionsOf(name, 2, consumption);
  const reading = (async () => {
    const stream = messages(url, TOPICS, { ...options, signal: stop.signal });
    for await (const message of stream) messageLog.handle(name, idOf(message));
  })();
  return { ...options, name, close: () => (stop.abort(), reading) };
}

/**
 * `messages`, in loops that are left with a message in hand: the next loop, with
 * the same client id, must get that one again.
 */
export function startInterruptedReader(
  consumption: Consumption,
): FailingConsumer {
  const { url, messageLog, random } = consumption;
  const name = "interrupted reader";
  messageLog.addConsumer(name, false);
  const stop = new AbortController();
  const options = optionsOf(name, 1, consumption);
  let isToQuit = false;
  const readOnce = async () => {
    const stream = messages(url, TOPICS, { ...options, signal: stop.signal });
    for await (const message of stream) {
      if (isToQuit) return;
      // Meanwhile more messages come in, which wait behind this one.
      if (random.next() < 0.1) await pause(1);
      messageLog.handle(name, idOf(message));
    }
  };
  const reading = (async () => {
    while (!stop.signal.aborted) {
      await readOnce();
      isToQuit = false;
    }
  })();
  return {
    ...options,
    name,
    fail: () => Promise.resolve(void (isToQuit = true)),
    close: () => (stop.abort(), reading),
  };
}
