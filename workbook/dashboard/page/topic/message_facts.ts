import { printable } from "../../../../lib/printable.ts";
import type { TopicMessage } from "../../protocol.ts";
import { time } from "../clock.ts";
import { remainingExpiry } from "./expiry.ts";
import { formatAge, formatTime } from "../format.ts";
import { fill, labels } from "../labels.ts";
import { html, type VNode } from "../view.ts";

/** What is known of a message but its payload. */
export function MessageFacts({ message }: { message: TopicMessage }): VNode {
  const words = labels.value;
  const yesOrNo = (is: boolean) => is ? words.yes : words.no;
  const remaining = remainingExpiry(message, time.value);
  const facts: [name: string, value: string][] = [
    [
      words.time,
      `${formatTime(message.time, { hasMilliseconds: true })} (${
        fill(words.ago, { time: formatAge(time.value - message.time) })
      })`,
    ],
    [words.qos, String(message.qos)],
    [words.retained, yesOrNo(message.retain)],
    [words.duplicate, yesOrNo(message.duplicate)],
    ...message.properties.map(([name, value]) =>
      [printable(name), printable(value)] as [string, string]
    ),
  ];
  if (remaining !== undefined) {
    facts.push([
      words.expiresIn,
      remaining > 0 ? formatAge(remaining) : words.expired,
    ]);
  }
  return html`
    <dl class="facts">
      ${facts.map(([name, value]) =>
        html`
          <div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>
        `
      )}
    </dl>
  ` as VNode;
}
