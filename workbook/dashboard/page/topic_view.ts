import { printable } from "../../../lib/printable.ts";
import type { TopicMessage } from "../protocol.ts";
import { time } from "./clock.ts";
import { formatAge, formatTime } from "./format.ts";
import { fill, labels } from "./labels.ts";
import { OutcomeText, publish } from "./publish/publishing.ts";
import {
  focusPanel,
  openMessages,
  openTopic,
  phase,
  tree,
  treeVersion,
} from "./store.ts";
import { HistoryTable } from "./topic/history_table.ts";
import { CopyButton, PayloadView } from "./topic/payload_view.ts";
import { html, useRef, useState, type VNode } from "./view.ts";

/** The topic that is open: its last message, what came before, and what can be done. */
export function TopicView(): VNode {
  const topic = openTopic.value;
  if (topic === null) {
    return html`<p class="hint">${labels.value.chooseTopic}</p>` as VNode;
  }
  return html`<${OpenTopic} key=${topic} topic=${topic} />` as VNode;
}

function OpenTopic({ topic }: { topic: string }): VNode {
  const [chosen, choose] = useState<TopicMessage | undefined>(undefined);
  const open = openMessages.value?.topic === topic
    ? openMessages.value
    : undefined;
  const message = chosen ?? open?.messages.at(-1);
  const showNewest = () => {
    choose(undefined);
    focusPanel();
  };
  return html`
    <div class="controls">
      <h2 class="topic-name">${printable(topic)}</h2>
      <${CopyButton} text=${topic} label=${labels.value.copyTopic} />
      <${RetainedControls} topic=${topic} />
    </div>
    ${message === undefined
      ? html`<p class="hint">${labels.value.noMessages}</p>`
      : html`
        <${MessageFacts} message=${message} />
        ${message.hasLostProperties && html`
          <p class="notice">${labels.value.propertiesLeftOut}</p>
        `}
        ${chosen && html`
          <p class="notice controls">
            ${labels.value.earlierShown}
            <button type="button" class="small" onClick=${showNewest}>
              ${labels.value.showNewest}
            </button>
          </p>
        `}
        <${PayloadView} topic=${topic} message=${message} />
      `}
    ${open && html`
      <${HistoryTable} open=${open} chosen=${chosen} choose=${choose} />
    `}
  ` as VNode;
}

function RetainedControls({ topic }: { topic: string }): VNode | null {
  void treeVersion.value;
  if (!tree.value.find(topic)?.topic?.isRetained) return null;
  return html`
    <span class="mark">${labels.value.retained}</span>
    <${ClearRetained} topic=${topic} />
  ` as VNode;
}

/** What is known of a message but its payload. */
function MessageFacts({ message }: { message: TopicMessage }): VNode {
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

/**
 * For how long a message is still to be delivered to who subscribes anew: its
 * `messageExpiryInterval` without the time that has passed since it came.
 *
 * @param now In milliseconds, by the server's clock.
 * @returns Milliseconds, negative once it is over; nothing if the message has none.
 */
export function remainingExpiry(
  { time, properties }: TopicMessage,
  now: number,
): number | undefined {
  const found = properties.find(([name]) => name === "messageExpiryInterval");
  return found && Number(found[1]) * 1000 - (now - time);
}

/** A button that makes the broker forget a topic's retained message, after a question. */
function ClearRetained({ topic }: { topic: string }): VNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const [request, setRequest] = useState<number | undefined>(undefined);
  const { clearRetained, clearQuestion, cancel } = labels.value;
  const isOpen = phase.value === "open";
  const clear = () => {
    dialog.current?.close();
    focusPanel();
    setRequest(publish({ topic, payload: "", qos: 1, retain: true }));
  };
  return html`
    <button type="button" disabled=${!isOpen}
      onClick=${() => dialog.current?.showModal()}>${clearRetained}</button>
    <${OutcomeText} request=${request} />
    <dialog ref=${dialog} aria-labelledby="clear-question">
      <p id="clear-question">
        ${fill(clearQuestion, { topic: printable(topic) })}
      </p>
      <p class="controls">
        <button type="button" autofocus onClick=${() =>
          dialog.current?.close()}>
          ${cancel}
        </button>
        <button type="button" class="danger"
          onClick=${clear}>${clearRetained}</button>
      </p>
    </dialog>
  ` as VNode;
}
