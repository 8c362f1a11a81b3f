import { printable } from "../../../lib/printable.ts";
import type { TopicMessage } from "../protocol.ts";
import { ClearRetained } from "./topic/clear_retained.ts";
import { CopyButton } from "./topic/copy_button.ts";
import { HistoryTable } from "./topic/history_table.ts";
import { labels } from "./labels.ts";
import { MessageFacts } from "./topic/message_facts.ts";
import { PayloadView } from "./topic/payload_view.ts";
import { openMessages, openTopic, tree, treeVersion } from "./store.ts";
import { html, useState, type VNode } from "./view.ts";

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
            <button type="button" class="small" onClick=${() =>
              choose(undefined)}>
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
