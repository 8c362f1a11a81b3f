import { printable } from "../../../../lib/printable.ts";
import { fill, labels } from "../labels.ts";
import { OutcomeText } from "../publish/outcome.ts";
import { publish } from "../publish/publishing.ts";
import { phase } from "../store.ts";
import { html, useRef, useState, type VNode } from "../view.ts";

/** A button that makes the broker forget a topic's retained message, after a question. */
export function ClearRetained({ topic }: { topic: string }): VNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const [request, setRequest] = useState<number | undefined>(undefined);
  const { clearRetained, clearQuestion, cancel } = labels.value;
  const isOpen = phase.value === "open";
  const clear = () => {
    dialog.current?.close();
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
