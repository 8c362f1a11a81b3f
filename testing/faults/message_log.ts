/**
 * What was published and what arrived, to prove that nothing is lost.
 *
 * @module
 */
import { PublishError } from "../../lib/mod.ts";

/** What may become of a publish besides being confirmed. */
export type Tolerance = (error: unknown, qos: 1 | 2) => boolean;

interface Published {
  by: string;
  qos: 1 | 2;
  state: "pending" | "confirmed" | "unsure" | "failed";
  error?: unknown;
  tolerance: Tolerance;
}

interface Consumer {
  isExactlyOnce: boolean;
  /** How often each message was handled to its end. */
  handled: Map<number, number>;
}

/** Numbers for the report. */
interface MessageCounts {
  published: number;
  atQos2: number;
  confirmed: number;
  unsure: number;
  failed: number;
  handled: number;
  duplicatesAtQos1: number;
}

const EXAMPLES = 5;

/** Knows every message by its number, who published it and who handled it. */
export class MessageLog {
  readonly #published = new Map<number, Published>();
  readonly #consumers = new Map<string, Consumer>();
  readonly #notes: string[] = [];
  #lastId = 0;

  /** Adds a finding of somebody else. */
  note(finding: string): void {
    this.#notes.push(finding);
  }

  /**
   * Adds somebody who must get every message.
   *
   * @param isExactlyOnce Whether it must handle no message of QoS 2 twice.
   */
  addConsumer(name: string, isExactlyOnce: boolean): void {
    this.#consumers.set(name, { isExactlyOnce, handled: new Map() });
  }

  /** Gives a number for a message. */
  newId(): number {
    return ++this.#lastId;
  }

  /** Enters a message before it is published. */
  publish(
    id: number,
    { by, qos, tolerance }: { by: string; qos: 1 | 2; tolerance: Tolerance },
  ): void {
    this.#published.set(id, { by, qos, state: "pending", tolerance });
  }

  /** Notes that a publish has resolved. */
  confirm(id: number): void {
    this.#published.get(id)!.state = "confirmed";
  }

  /** Notes that a publish has been rejected. */
  reject(id: number, error: unknown): void {
    const isUnsure = error instanceof PublishError && error.mayHaveArrived;
    const published = this.#published.get(id)!;
    published.state = isUnsure ? "unsure" : "failed";
    published.error = error;
  }

  /** Notes that a consumer has handled a message to its end. */
  handle(consumer: string, id: number): void {
    const { handled } = this.#consumers.get(consumer)!;
    handled.set(id, (handled.get(id) ?? 0) + 1);
  }

  /** Notes all that a consumer has handled, in place of what was noted before. */
  replace(consumer: string, ids: Iterable<number>): void {
    this.#consumers.get(consumer)!.handled.clear();
    for (const id of ids) this.handle(consumer, id);
  }

  pendingOf(producer: string): number {
    return [...this.#published.values()]
      .filter(({ by, state }) => by === producer && state === "pending")
      .length;
  }

  /** Which confirmed messages each consumer lacks. */
  missing(): Map<string, number[]> {
    const missing = new Map<string, number[]>();
    for (const [name, { handled }] of this.#consumers) {
      const ids = [...this.#published]
        .filter(([id, { state }]) => state === "confirmed" && !handled.has(id))
        .map(([id]) => id);
      if (ids.length > 0) missing.set(name, ids);
    }
    return missing;
  }

  /** Everything that must not be, in words. */
  findings(): string[] {
    return [
      ...this.#notes,
      ...this.#judgePublishes(),
      ...[...this.missing()].map(([name, ids]) =>
        `Lost: ${name} never handled ${this.#describe(ids)}`
      ),
      ...[...this.#consumers].flatMap(([name, consumer]) =>
        this.#judgeConsumer(name, consumer)
      ),
    ];
  }

  #judgePublishes(): string[] {
    const findings: string[] = [];
    const pending = [...this.#published]
      .filter(([_id, { state }]) => state === "pending").map(([id]) => id);
    if (pending.length > 0) {
      findings.push(`Pending: nothing became of ${this.#describe(pending)}`);
    }
    const refused = new Map<string, number[]>();
    for (const [id, { error, qos, tolerance, by }] of this.#published) {
      if (error === undefined || tolerance(error, qos)) continue;
      const reason = `${by} at QoS ${qos}: ${(error as Error).message}`;
      refused.set(reason, [...refused.get(reason) ?? [], id]);
    }
    for (const [reason, ids] of refused) {
      findings.push(`Rejected without need: ${ids.length} by ${reason}`);
    }
    return findings;
  }

  #judgeConsumer(
    name: string,
    { isExactlyOnce, handled }: Consumer,
  ): string[] {
    const findings: string[] = [];
    const ids = [...handled.keys()];
    const unknown = ids.filter((id) => !this.#published.has(id));
    if (unknown.length > 0) {
      findings.push(`Invented: ${name} handled ${unknown.slice(0, EXAMPLES)}`);
    }
    const failed = ids.filter((id) =>
      this.#published.get(id)?.state === "failed"
    );
    if (failed.length > 0) {
      const what = this.#describe(failed);
      findings.push(`Wrongly rejected: ${name} handled ${what}`);
    }
    const twice = ids.filter((id) =>
      isExactlyOnce && this.#published.get(id)?.qos === 2 &&
      handled.get(id)! > 1
    );
    if (twice.length > 0) {
      const what = this.#describe(twice);
      findings.push(`Duplicated at QoS 2: ${name} handled twice ${what}`);
    }
    return findings;
  }

  #describe(ids: number[]): string {
    const examples = ids.slice(0, EXAMPLES).map((id) => {
      const { by, qos } = this.#published.get(id)!;
      return `${id} of ${by} at QoS ${qos}`;
    });
    const rest = ids.length > EXAMPLES ? ", …" : "";
    return `${ids.length} (${examples.join(", ")}${rest})`;
  }

  /** Numbers for the report. */
  counts(): MessageCounts {
    const all = [...this.#published.values()];
    const count = (state: Published["state"]) =>
      all.filter((one) => one.state === state).length;
    const deliveries = [...this.#consumers.values()].flatMap((
      { handled },
    ) => [...handled]);
    return {
      published: all.length,
      atQos2: all.filter(({ qos }) => qos === 2).length,
      confirmed: count("confirmed"),
      unsure: count("unsure"),
      failed: count("failed"),
      handled: deliveries.reduce((sum, [_id, times]) => sum + times, 0),
      duplicatesAtQos1: deliveries
        .filter(([id]) => this.#published.get(id)?.qos === 1)
        .reduce((sum, [_id, times]) => sum + times - 1, 0),
    };
  }
}
