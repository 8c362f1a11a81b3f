/**
 * One try of a student's program, on a broker of its own.
 *
 * @module
 */
import type { Packet } from "mqtt-packet";
import type { Message } from "../../lib/mod.ts";
import { matchesFilter } from "../messages/matches_filter.ts";
import { type Evidence, findCause } from "./cause.ts";
import { CheckFailure, type KnownMistake } from "./finding.ts";
import { describeSeen } from "./describe_seen.ts";
import { Random } from "./random.ts";
import type { RecordingBroker } from "./recording_broker.ts";
import type { StudentProgram } from "./student_program.ts";
import { Timer } from "./timer.ts";

/** How long what a program did last may take to be seen, in milliseconds. */
const GRACE = 2000;

/** The same, where none has sent a packet: only the first may be under way. */
const SHORT_GRACE = 500;

/** How the programs of an exercise are started. */
export type Launch = (
  program: string,
  options: Required<StartOptions>,
) => StudentProgram;

/** How a program is started, unless as always. */
export interface StartOptions {
  /** Variables besides those of the contract. */
  variables?: Record<string, string>;
  /** Another address than that of the trial's broker. */
  url?: string;
  /** What it may connect to besides the broker, each as `host:port`. */
  network?: readonly string[];
  /** The program's arguments. */
  args?: readonly string[];
}

/** What is known of the programs of an exercise beforehand. */
type Nature = Pick<Evidence, "isOffline" | "isOneShot">;

/** One try of a program. Disposing of it ends all that it has started. */
export class Trial implements AsyncDisposable {
  /** Values by chance, which the seed repeats. */
  readonly random: Random;
  /** The broker that the program is given. */
  readonly broker: RecordingBroker;
  readonly #launch: Launch;
  readonly #deadline: number;
  readonly #startDeadline: number;
  readonly #folder: string;
  readonly #nature: Nature;
  readonly #programs: StudentProgram[] = [];
  #changed = Promise.withResolvers<void>();

  constructor(
    { seed, broker, launch, deadline, startDeadline, folder, nature }: {
      seed: number;
      broker: RecordingBroker;
      launch: Launch;
      deadline: number;
      startDeadline: number;
      folder: string;
      nature: Nature;
    },
  ) {
    this.random = new Random(seed);
    this.broker = broker;
    this.#launch = launch;
    this.#deadline = deadline;
    this.#startDeadline = startDeadline;
    this.#folder = folder;
    this.#nature = nature;
    broker.onChange = () => this.#wake();
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  /**
   * Starts a program of the exercise.
   *
   * @param program Its name without `.ts`, `main` unless given.
   * @param options Its arguments and more.
   */
  start(
    program = "main",
    options: StartOptions = {},
  ): StudentProgram {
    const child = this.#launch(program, {
      variables: {},
      url: this.broker.url,
      network: [],
      args: [],
      ...options,
    });
    child.onChange = () => this.#wake();
    this.#programs.push(child);
    return child;
  }

  /** Writes a file into the folder that the programs run in. */
  async writeFile(name: string, text: string): Promise<void> {
    await Deno.writeTextFile(`${this.#folder}/${name}`, text);
  }

  /**
   * Waits for something, and fails if it doesn't come in time, a little after all
   * programs have ended, or as soon as one prints or sends without end.
   *
   * @param expected What should happen, to follow "Expected".
   * @param find Gives what was looked for, once it is there.
   * @param mistakes Mistakes that are known, tried in order if it isn't there.
   */
  async until<T>(
    expected: string,
    find: () => T | undefined | false,
    mistakes: () => KnownMistake[] = () => [],
  ): Promise<T> {
    using late = new Timer(this.#startDeadline);
    using over = new Timer();
    let hasBegun = false;
    for (;;) {
      const changed = this.#changed.promise;
      if (!hasBegun && this.#hasBegun) {
        hasBegun = true;
        late.restart(this.#deadline);
      }
      const found = find();
      if (found !== undefined && found !== false) return found;
      if (over.isOver) this.fail(expected, mistakes());
      if (late.isOver) this.fail(expected, mistakes(), true);
      const areOver = this.#programs.every(({ code }) => code !== undefined);
      if (this.#hasFlooded) over.start(0);
      else if (areOver) {
        over.start(this.broker.packets.length > 0 ? GRACE : SHORT_GRACE);
      }
      await Promise.race([changed, late.over, over.over]);
    }
  }

  /** Waits for a promise, as `until` waits for what it finds. */
  async resolved<T>(
    expected: string,
    promise: Promise<T>,
    mistakes?: () => KnownMistake[],
  ): Promise<T> {
    let found: { value: T } | undefined;
    promise.then((value) => {
      found = { value };
      this.#wake();
    });
    const { value } = await this.until(expected, () => found, mistakes);
    return value;
  }

  /**
   * Watches for a while, and fails as soon as something no longer holds.
   *
   * @param expected What should hold, to follow "Expected".
   * @param milliseconds How long to watch.
   * @param holds Whether it holds now.
   * @param mistakes Mistakes that are known, tried in order if it doesn't hold.
   */
  async remains(
    expected: string,
    milliseconds: number,
    holds: () => boolean,
    mistakes: () => KnownMistake[] = () => [],
  ): Promise<void> {
    using timer = new Timer(milliseconds);
    for (;;) {
      const changed = this.#changed.promise;
      this.expect(holds(), expected, mistakes);
      if (timer.isOver) return;
      await Promise.race([changed, timer.over]);
    }
  }

  /** Waits until a message is published on the broker, by whomever. */
  message(
    expected: string,
    find: (message: Message) => boolean,
    mistakes?: () => KnownMistake[],
  ): Promise<Message> {
    return this.until(
      expected,
      () => this.broker.messages.find(find),
      mistakes,
    );
  }

  /** Waits until the program has sent a packet. */
  packet<C extends Packet["cmd"]>(
    command: C,
    find: (packet: Extract<Packet, { cmd: C }>) => boolean = () => true,
    expected = `a ${command.toUpperCase()} packet`,
    mistakes?: () => KnownMistake[],
  ): Promise<Extract<Packet, { cmd: C }>> {
    return this.until(expected, () => this.sent(command).find(find), mistakes);
  }

  /** The texts that the program has published on a topic so far. */
  published(topic: string): string[] {
    return this.sent("publish")
      .filter((packet) => packet.topic === topic)
      .map(({ payload }) => payload.toString());
  }

  /** The packets of a kind that the program has sent so far. */
  sent<C extends Packet["cmd"]>(command: C): Extract<Packet, { cmd: C }>[] {
    return this.broker.packets
      .filter(({ from, packet }) =>
        from === "program" && packet.cmd === command
      )
      .map(({ packet }) => packet as Extract<Packet, { cmd: C }>);
  }

  /** Waits until the broker has accepted the program. */
  async connected(): Promise<void> {
    await this.until(
      "the program to connect to the broker",
      () =>
        this.broker.packets.some(({ from, packet }) =>
          from === "broker" && packet.cmd === "connack" &&
          packet.returnCode === 0
        ),
    );
  }

  /** Waits until the program is subscribed to topics that match a name. */
  async subscribed(topic: string): Promise<void> {
    await this.until(`a subscription to ${topic}`, () => {
      const asked = this.sent("subscribe")
        .filter(({ subscriptions }) =>
          subscriptions.some((one) => matchesFilter(one.topic, topic))
        )
        .map(({ messageId }) => messageId);
      return this.broker.packets.some(({ from, packet }) =>
        from === "broker" && packet.cmd === "suback" &&
        asked.includes(packet.messageId)
      );
    }, () => [{
      when: this.sent("subscribe").length > 0,
      words: "It subscribed to something else: topics are compared letter by " +
        "letter.",
    }]);
  }

  /** Waits until a program has ended, and gives its exit code. */
  async ended(
    program: StudentProgram,
    expected = "the program to end",
    mistakes: () => KnownMistake[] = () => [],
  ): Promise<number> {
    program.isToEnd = true;
    const { code } = await this.until(
      expected,
      // A code of 0 is an answer, too.
      () => program.code !== undefined && { code: program.code },
      () => [...mistakes(), {
        when: this.sent("disconnect").length > 0,
        words: "It has disconnected and still runs: is there a timer that " +
          "nobody has cleared, or does it wait for input?",
      }],
    );
    return code;
  }

  /** Fails unless a condition holds. */
  expect(
    condition: boolean,
    expected: string,
    mistakes: () => KnownMistake[] = () => [],
  ): void {
    if (!condition) this.fail(expected, mistakes());
  }

  /** Fails the check: tells what was expected and all that was seen. */
  fail(
    expected: string,
    mistakes: KnownMistake[] = [],
    isLate = false,
  ): never {
    throw new CheckFailure({
      expected,
      isLate,
      seen: describeSeen(this.#programs, this.broker.packets),
      finding: findCause(
        { programs: this.#programs, broker: this.broker, ...this.#nature },
        mistakes,
      ),
    });
  }

  /** Whether a program has given a sign of life. */
  get #hasBegun(): boolean {
    return this.broker.packets.length > 0 ||
      this.#programs.some(({ stdout, stderr, code }) =>
        stdout !== "" || stderr !== "" || code !== undefined
      );
  }

  get #hasFlooded(): boolean {
    return this.broker.hasFlooded ||
      this.#programs.some(({ hasFlooded }) => hasFlooded);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const program of this.#programs) await program[Symbol.asyncDispose]();
    await this.broker[Symbol.asyncDispose]();
  }
}
