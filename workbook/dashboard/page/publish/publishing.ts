/**
 * What the page has published, and what became of it.
 *
 * @module
 */
import { printable } from "../../../../lib/printable.ts";
import type { PublishRequest, PublishResult, Welcome } from "../../protocol.ts";
import { send } from "../connection.ts";
import { fill, labels } from "../labels.ts";
import { phase, results, welcome } from "../store.ts";
import { computed, html, signal, type VNode } from "../view.ts";

/** How many of what was published are remembered. */
const MOST = 10;

/** A message to publish. */
export type Draft = Omit<PublishRequest, "type" | "request">;

/** What became of a message: the broker has it or not, or no one can say any more. */
type Outcome =
  | { kind: "waiting" | "published" | "unknown" }
  | { kind: "failed"; error: string };

/** A message that was published. */
export interface Sent {
  request: number;
  draft: Draft;
  /** The page's connection that it was sent on. */
  welcome: Welcome | undefined;
}

/** What was published last, the newest first. */
export const sent = signal<Sent[]>([]);

/** What became of it, by the request's number. */
const outcomes = computed(() => {
  const connection = phase.value === "open" ? welcome.value : undefined;
  return new Map(
    sent.value.map((one) => [
      one.request,
      outcomeOf(one, results.value, connection),
    ]),
  );
});

let requests = 0;

/** Publishes a message, and returns the request's number. */
export function publish(draft: Draft): number {
  const request = ++requests;
  const one = { request, draft, welcome: welcome.value };
  sent.value = [one, ...sent.value].slice(0, MOST);
  send({ type: "publish", request, ...draft });
  return request;
}

/**
 * Finds out what became of a message.
 *
 * @param connection The page's connection to the server, if it has one: on another one
 *   no answer will come.
 */
export function outcomeOf(
  { request, welcome }: Sent,
  results: PublishResult[],
  connection: Welcome | undefined,
): Outcome {
  const result = results.find((result) => result.request === request);
  if (result?.error !== undefined) {
    return { kind: "failed", error: result.error };
  }
  if (result) return { kind: "published" };
  return { kind: welcome === connection ? "waiting" : "unknown" };
}

/** What became of a message that was published, told to screen readers, too. */
export function OutcomeText(
  { request }: { request: number | undefined },
): VNode {
  const outcome = request === undefined
    ? undefined
    : outcomes.value.get(request);
  return html`
    <span
      class="outcome"
      role="status"
      data-kind=${outcome?.kind}
    >${outcome && textOf(outcome)}</span>
  ` as VNode;
}

function textOf(outcome: Outcome): string {
  const { published, publishing, publishUnknown, publishFailed } = labels.value;
  switch (outcome.kind) {
    case "waiting":
      return publishing;
    case "published":
      return published;
    case "unknown":
      return publishUnknown;
    case "failed":
      return fill(publishFailed, { reason: printable(outcome.error) });
  }
}
