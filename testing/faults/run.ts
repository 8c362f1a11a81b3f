/**
 * One run of the soak: who publishes, who receives, and what befalls them.
 *
 * @module
 */
import { setTimeout as pause } from "node:timers/promises";
import type { Client } from "../../lib/mod.ts";
import type { Protocol } from "../clients/clients.ts";
import { Random } from "../../workbook/checking/random.ts";
import { type RestartableBroker, startQosLoweringRelay } from "./brokers.ts";
import {
  type Consumer,
  type FailingConsumer,
  startInterruptedReader,
  startReader,
  startSubscriber,
} from "./consumers.ts";
import { type FaultCounts, Network, takeOver } from "./network.ts";
import { countListeners } from "./leaks.ts";
import type { MessageLog } from "./message_log.ts";
import { ReconnectPauses } from "./reconnect_pauses.ts";
import { BoundedWaits } from "./bounded_waits.ts";
import {
  type Producer,
  type Production,
  publishAndClose,
  startPublisher,
  startSensors,
} from "./producers.ts";
import { startKilledRecorder, startRecorder } from "./recorders.ts";
import { RETRY_DELAY } from "./settings.ts";

/** After so many milliseconds without a byte nothing is on its way. */
const QUIET = 300;
/** How many messages in all are followed by one that the broker won't take. */
const REFUSED = 0.005;
/** The ids of consumers: for those of producers, their clients know them. */
const CONSUMER_IDS = [
  "killed",
  "lowered",
  "interrupted reader",
  "reader",
  "recorder",
  "subscriber",
];

/** What a run is made of. */
interface RunParts {
  broker: RestartableBroker;
  protocol: Protocol;
  messageLog: MessageLog;
  faults: FaultCounts;
  random: Random;
  /** For the files of recorders. */
  folder: string;
  log: (line: string) => void;
}

/** One run, from its start to its end. */
export class Run implements AsyncDisposable {
  readonly #parts: RunParts;
  readonly #waits: BoundedWaits;
  readonly #resources = new AsyncDisposableStack();
  readonly #ending = new AbortController();
  readonly #clients = new Set<Client>();
  readonly #handlerFaults = { mayFail: false };
  #toProducers!: Network;
  #toConsumers!: Network;
  #producers: Producer[] = [];
  #consumers: Consumer[] = [];
  #failing: FailingConsumer[] = [];
  #closing: Promise<void> | undefined;
  #listeners = new Map<Client, number>();
  readonly #reconnectPauses = new ReconnectPauses(RETRY_DELAY);
  #hasForgotten = false;

  private constructor(parts: RunParts) {
    this.#parts = parts;
    this.#waits = new BoundedWaits(parts.messageLog);
  }

  /** Starts everybody on a network without faults. */
  static async start(parts: RunParts): Promise<Run> {
    const run = new Run(parts);
    try {
      await run.#open();
      return run;
    } catch (error) {
      await run[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #open(): Promise<void> {
    const { broker, faults, folder, messageLog, log, protocol } = this.#parts;
    const open = async () =>
      this.#resources.use(
        await Network.open(broker.port, this.#chance(), faults),
      );
    this.#toProducers = await open();
    this.#toConsumers = await open();

    const consumption = {
      messageLog,
      log,
      protocol,
      random: this.#chance(),
      url: this.#toConsumers.proxy.url,
    };
    const { port: proxyPort } = new URL(this.#toConsumers.proxy.url);
    const relay = this.#resources.use(
      await startQosLoweringRelay(
        Number(proxyPort),
        () => faults.add("lower grant"),
      ),
    );
    const interrupted = startInterruptedReader(consumption);
    const killed = await startKilledRecorder(consumption, folder);
    this.#failing = [interrupted, killed];
    this.#consumers = [
      ...this.#failing,
      startReader(consumption),
      await startSubscriber(consumption, {
        handlerFaults: this.#handlerFaults,
      }),
      await startSubscriber({ ...consumption, url: relay.url }, {
        handlerFaults: this.#handlerFaults,
        name: "lowered",
        isExactlyOnce: false,
      }),
      await startRecorder(consumption, folder),
    ];
    await this.#waits.until(
      "everybody to be subscribed",
      () => this.#consumers.every((consumer) => consumer.grants() > 0),
    );

    const production: Production = {
      ...consumption,
      random: this.#chance(),
      url: this.#toProducers.proxy.url,
      signal: this.#ending.signal,
      clients: this.#clients,
      hasForgotten: () => this.#hasForgotten,
      onRefused: () => faults.add("refused message"),
    };
    this.#producers = [
      await startPublisher(production, "clean", { isKept: false }),
      await startPublisher(production, "kept", { isKept: true }),
      await startPublisher(production, "refused", {
        isKept: true,
        refused: REFUSED,
      }),
      await startSensors(production),
    ];
    this.#closing = publishAndClose(production);
    for (const { client } of [...this.#producers, ...this.#consumers]) {
      if (client === undefined) continue;
      this.#reconnectPauses.watch(client);
      this.#listeners.set(client, countListeners(client));
    }
  }

  /**
   * A chance of its own for whoever uses it: what befalls one must not depend on
   * how fast another goes.
   */
  #chance(): Random {
    return new Random(this.#parts.random.integer(0, 2 ** 32 - 1));
  }

  /** Lets faults happen for some seconds, in rounds. */
  async causeFaults(seconds: number): Promise<void> {
    const { broker, random } = this.#parts;
    const end = performance.now() + seconds * 1000;
    while (performance.now() < end) {
      const left = end - performance.now();
      await this.#round(Math.min(left, random.integer(2000, 5000)));
      const isLast = performance.now() >= end;
      const forgets = !broker.keepsSessions || random.next() < 0.5;
      await this.#restart({ forget: isLast || forgets });
    }
  }

  /** Lets faults of all kinds happen at once. */
  async #round(milliseconds: number): Promise<void> {
    const { faults } = this.#parts;
    const end = performance.now() + milliseconds;
    const repeat = async (
      [least, most]: [number, number],
      act: (random: Random) => Promise<void>,
    ) => {
      const own = this.#chance();
      while (true) {
        await pause(own.integer(least, most));
        if (performance.now() > end) return;
        await act(own);
      }
    };
    const networks = [this.#toProducers, this.#toConsumers];
    this.#handlerFaults.mayFail = true;
    await Promise.all([
      ...networks.map((network) =>
        repeat([100, 900], (own) => network.disturbAll(own))
      ),
      ...networks.map((network) =>
        repeat([50, 400], (own) => network.disturbOne(own))
      ),
      repeat([500, 2500], async (own) => {
        const victim = own.pick(this.#failing);
        faults.add(`failing ${victim.name}`);
        await victim.fail();
      }),
      repeat([200, 1500], (own) => this.#takeOver(own)),
    ]);
    this.#handlerFaults.mayFail = false;
  }

  /** Another client has somebody's id, and connects again as soon as it is cut. */
  async #takeOver(random: Random): Promise<void> {
    const { broker: { port }, faults, protocol } = this.#parts;
    // Of those that are there: where the broker has forgotten a session, another
    // client would make a new one, and its owner would take it for the old one.
    const producerIds = [...this.#clients]
      .filter(({ connected }) => connected)
      .map(({ options }) => options.clientId!);
    const clientId = random.pick([...CONSUMER_IDS, ...producerIds]);
    for (let left = random.integer(1, 8); left > 0; left--) {
      faults.add("takeover");
      const stay = random.integer(20, 300);
      await takeOver(port, { clientId, protocol, stay });
    }
  }

  /**
   * Restarts the broker while publishes are in flight. What it has acknowledged is
   * delivered first: a broker that forgets it can't deliver it later, and mosquitto
   * 2.0.11 sends from its file what consumers had received at QoS 2 before.
   */
  async #restart({ forget }: { forget: boolean }): Promise<void> {
    const { broker, faults } = this.#parts;
    faults.add(forget ? "forgetful broker" : "restarted broker");
    this.#toProducers.proxy.hold();
    this.#toProducers.endAll("reset");
    await this.#waits.until(
      "producers to lose their connections",
      () => [...this.#clients].every(({ connected }) => !connected),
    );
    await this.#deliverAll();
    await this.#waits.until(
      "consumers to be quiet",
      () => performance.now() - this.#toConsumers.proxy.lastPiece > QUIET,
    );

    const grants = this.#consumers.map((consumer) => consumer.grants());
    this.#hasForgotten ||= forget;
    await broker.restart({ forget });
    this.#toConsumers.endAll("reset");
    // Who isn't subscribed gets nothing from a broker without the session.
    for (const [index, consumer] of this.#consumers.entries()) {
      const isBack = () => !forget || consumer.grants() > grants[index]!;
      await this.#waits.until(`${consumer.name} to subscribe again`, isBack);
    }
    this.#toProducers.calm();
  }

  /** Waits until every consumer has handled what is confirmed. */
  async #deliverAll(): Promise<void> {
    // What a handler has failed on comes again on the next connection.
    this.#toConsumers.calm();
    this.#toConsumers.endAll("reset");
    await this.#waits.until("everything to arrive", async () => {
      for (const consumer of this.#consumers) await consumer.refresh?.();
      return this.#parts.messageLog.missing().size === 0;
    });
  }

  /** Ends all faults, and waits until nothing is on its way any more. */
  async finish(): Promise<void> {
    const { messageLog } = this.#parts;
    this.#ending.abort();
    for (const network of [this.#toProducers, this.#toConsumers]) {
      network.calm();
    }
    const settled = [
      this.#closing,
      ...this.#producers.map((one) => one.finish()),
    ];
    await this.#waits.attempt("producers to finish", Promise.all(settled));
    await this.#deliverAll();
    for (const [client, before] of this.#listeners) {
      // MQTT.js has one more while it looks through what it has in flight.
      await this.#waits.until(
        "a connection with no more listeners than before",
        () => client.connected && countListeners(client) <= before,
      );
    }
    const ends = [...this.#producers, ...this.#consumers].map((one) =>
      one.close()
    );
    await this.#waits.attempt("everybody to close", Promise.all(ends));
    for (const consumer of this.#consumers) await consumer.refresh?.();
    this.#parts.faults.add(
      "attempt to connect again",
      this.#reconnectPauses.attempts,
    );
    for (const finding of this.#reconnectPauses.findings()) {
      messageLog.note(finding);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#resources.disposeAsync();
  }
}
