/**
 * A fleet of clients in a process of its own: each publishes once a second, some
 * are subscribed to what others publish, and some are cut off midway. It begins
 * when it is told to on standard input, and prints its account at the end.
 *
 * Both ends of a message are in the same fleet, so that one monotonic clock
 * (`performance.now()`) times it.
 *
 * @module
 */
import { setTimeout as sleep } from "node:timers/promises";
import {
  type Client,
  connect,
  exitWithError,
  type Message,
  readLines,
  subscribe,
} from "../../lib/mod.ts";
import { pool } from "../../workbook/checking/pool.ts";
import { Delays, DeliveryCount, type DeliveryTotals } from "./counts.ts";
import { type ClientPlan, type LoadSize, planClients } from "./plan.ts";

/** What a fleet is told, as JSON in its first argument. */
export interface FleetTask {
  /** The broker's address. */
  url: string;
  /** How much load all fleets are. */
  size: LoadSize;
  /** Which fleet it is, from 0, of how many. */
  index: number;
  of: number;
}

/** What a fleet prints at the end, as JSON. */
export interface FleetReport extends DeliveryTotals {
  /** Messages that it has published. */
  sent: number;
  /** Clients that were cut, and of these, the ones that have come back. */
  cut: number;
  back: number;
  /** Clients that lost their connection without being cut. */
  dropped: number;
  /** Subscribers that were cut, and of these, the ones subscribed again. */
  cutSubscribers: number;
  subscribedAgain: number;
  /** Why publishes failed. */
  failures: string[];
  /** Delays between clients that weren't cut. */
  delays: [milliseconds: number, times: number][];
  /** The longest delay of all, in milliseconds. */
  longest: number;
}

/** How many clients connect at once. */
const HANDSHAKES = 50;
/** How long all that is under way may take to arrive, in milliseconds. */
const SETTLING_MILLISECONDS = 30_000;

const task: FleetTask = JSON.parse(Deno.args[0]!);
const { url, size: { seconds } } = task;
// Whole tenths of the clients, so that senders and receivers are together.
const plans = planClients(task.size)
  .filter(({ tenth }) => tenth % task.of === task.index);
const planOf = new Map(plans.map((plan) => [plan.number, plan]));
const clients = new Map<number, Client>();
const deliveries = new DeliveryCount();
const delays = new Delays();
const failures: string[] = [];
const back = new Set<number>();
const subscribedAgain = new Set<number>();
const publishes: Promise<void>[] = [];
let longest = 0;
let isCut = false;

async function open(plan: ClientPlan): Promise<void> {
  const { number, tenth, isSubscribed } = plan;
  const options = { clientId: `load-${number}`, log: () => {} };
  const noteSubscribed = () => isCut && subscribedAgain.add(number);
  let client: Client;
  if (isSubscribed) {
    deliveries.addSubscriber(number, tenth);
    const subscription = await subscribe(
      url,
      `load/${tenth}/+`,
      (message) => receive(plan, message),
      false,
      { ...options, clean: false, qos: 1, onSubscribe: noteSubscribed },
    );
    client = subscription.client;
  } else {
    client = await connect(url, options);
  }
  clients.set(number, client);
  client.on("connect", ({ sessionPresent }) => {
    back.add(number);
    // A session that the broker has kept is subscribed already.
    if (isSubscribed && sessionPresent) noteSubscribed();
  });
}

function receive(subscriber: ClientPlan, { topic, text }: Message): void {
  const client = Number(topic.split("/")[2]);
  const [count, sentAt] = text.split(" ").map(Number);
  const delay = performance.now() - sentAt!;
  if (!deliveries.receive(subscriber.number, { client, count: count! })) return;
  longest = Math.max(longest, delay);
  const concernsCut = subscriber.isCut || planOf.get(client)!.isCut;
  if (!concernsCut) delays.add(delay);
}

/** Publishes once a second, at the client's own moment. */
async function publishSteadily({ number, tenth, phase }: ClientPlan) {
  const client = clients.get(number)!;
  const start = performance.now() + phase;
  for (let count = 0; count < seconds; count++) {
    await sleep(Math.max(0, start + count * 1000 - performance.now()));
    const payload = `${count} ${performance.now()}`;
    publishes.push(
      client.publishAsync(`load/${tenth}/${number}`, payload, { qos: 1 }).then(
        () => deliveries.acknowledge(tenth, { client: number, count }),
        (error: Error) => void failures.push(error.message),
      ),
    );
  }
}

/** Takes the connections away as a network that fails does. */
async function cutMidway(cut: readonly ClientPlan[]): Promise<void> {
  await sleep(seconds * 500);
  isCut = true;
  for (const { number } of cut) clients.get(number)!.stream.destroy();
}

/**
 * Waits until nothing is under way any more, or too long has passed. To add up
 * takes a while, so it isn't done for each message.
 */
async function untilSettled(cut: readonly ClientPlan[]): Promise<void> {
  const end = performance.now() + SETTLING_MILLISECONDS;
  const isSettled = () => {
    const { acknowledged, delivered, expected } = deliveries.sum();
    return acknowledged + failures.length === publishes.length &&
      delivered === expected && cut.every(({ number }) => back.has(number));
  };
  while (!isSettled() && performance.now() < end) await sleep(100);
}

try {
  await pool(plans, HANDSHAKES, open);
  console.log("connected");
  await readLines().next();

  const cut = plans.filter(({ isCut }) => isCut);
  await Promise.all([...plans.map(publishSteadily), cutMidway(cut)]);
  await untilSettled(cut);
  const cutSubscribers = cut.filter(({ isSubscribed }) => isSubscribed);
  const count = (some: ClientPlan[], among: Set<number>) =>
    some.filter(({ number }) => among.has(number)).length;
  const report: FleetReport = {
    ...deliveries.sum(),
    sent: publishes.length,
    cut: cut.length,
    back: count(cut, back),
    dropped: back.size - count(cut, back),
    cutSubscribers: cutSubscribers.length,
    subscribedAgain: count(cutSubscribers, subscribedAgain),
    failures: [...new Set(failures)],
    delays: delays.toJSON(),
    longest,
  };
  console.log(JSON.stringify(report));
  await Promise.all([...clients.values()].map((client) => client.close()));
} catch (error) {
  exitWithError(error);
}
