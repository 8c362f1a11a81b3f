import { printable } from "../../../../lib/printable.ts";
import { fill, labels } from "../labels.ts";
import { type Outcome, outcomes } from "./publishing.ts";
import { html, type VNode } from "../view.ts";

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
