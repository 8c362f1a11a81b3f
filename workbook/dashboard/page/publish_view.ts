import { printable } from "../../../lib/printable.ts";
import { fill, labels } from "./labels.ts";
import {
  type Draft,
  OutcomeText,
  publish,
  type Sent,
  sent,
} from "./publish/publishing.ts";
import { Field, PropertyFields, TopicField } from "./publish/publish_fields.ts";
import {
  EMPTY_FORM,
  type FormError,
  formOf,
  type PublishForm,
  readForm,
} from "./publish/publish_form.ts";
import { phase } from "./store.ts";
import { html, signal, type VNode } from "./view.ts";

/** The form and what is wrong with it outlive the view, which is away at times. */
const form = signal<PublishForm>(EMPTY_FORM);
const error = signal<FormError | undefined>(undefined);
const lastRequest = signal<number | undefined>(undefined);

/** Publishes messages. */
export function PublishView(): VNode {
  const { payload, qos, retain, send, notConnected } = labels.value;
  const set = (change: Partial<PublishForm>) => {
    form.value = { ...form.value, ...change };
    error.value = undefined;
  };
  const fields = { form: form.value, error: error.value, set };
  const isOpen = phase.value === "open";
  return html`
    <form class="publish" onSubmit=${submit} noValidate>
      <${TopicField} ...${fields} />
      <${Field} ...${fields} field="payload" label=${payload} isLong />
      <p class="controls">
        <label>${qos}${" "}
          <select
            value=${String(form.value.qos)}
            onChange=${(event: Event) =>
              set({
                qos: Number((event.target as HTMLSelectElement).value) as
                  | 0
                  | 1
                  | 2,
              })}
          >
            ${[0, 1, 2].map((qos) =>
              html`<option value=${String(qos)}>${qos}</option>`
            )}
          </select>
        </label>
        <label><input
          type="checkbox"
          checked=${form.value.retain}
          onChange=${(event: Event) =>
            set({ retain: (event.target as HTMLInputElement).checked })}
        /> ${retain}</label>
      </p>
      <${PropertyFields} ...${fields} />
      <p class="controls">
        <button type="submit" class="primary" disabled=${!isOpen}>${send}</button>
        ${isOpen
          ? html`<${OutcomeText} request=${lastRequest.value} />`
          : html`<span class="outcome" role="status">${notConnected}</span>`}
      </p>
    </form>
    <${SentList} />
  ` as VNode;
}

function SentList(): VNode | null {
  if (sent.value.length === 0) return null;
  return html`
    <h3>${labels.value.sentBefore}</h3>
    <ul class="sent">
      ${sent.value.map((one) =>
        html`<${SentItem} key=${one.request} one=${one} />`
      )}
    </ul>
  ` as VNode;
}

function SentItem({ one: { request, draft } }: { one: Sent }): VNode {
  const topic = printable(draft.topic);
  const again = fill(labels.value.sendAgainTo, { topic });
  const isOpen = phase.value === "open";
  return html`
    <li>
      <code>${topic}</code>
      <code class="sent-payload">${printable(
        draft.payload.slice(0, 200),
      )}</code>
      <${OutcomeText} request=${request} />
      <button
        type="button"
        aria-label=${again}
        disabled=${!isOpen}
        onClick=${() => publishNow(draft)}
      >${labels.value.sendAgain}</button>
      <button
        type="button"
        aria-label=${fill(labels.value.editTo, { topic })}
        onClick=${() => {
          form.value = formOf(draft);
          error.value = undefined;
          document.getElementById("publish-topic")?.focus();
        }}
      >${labels.value.edit}</button>
    </li>
  ` as VNode;
}

function submit(event: Event): void {
  event.preventDefault();
  if (phase.value !== "open") return;
  const read = readForm(form.value);
  if ("label" in read) {
    error.value = read;
  } else {
    publishNow(read);
  }
}

function publishNow(draft: Draft): void {
  lastRequest.value = publish(draft);
}
