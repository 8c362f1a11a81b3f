import { labels } from "../labels.ts";
import { tree, treeVersion } from "../store.ts";
import { suggestTopics } from "../topic_tree.ts";
import { html, useLayoutEffect, useRef, type VNode } from "../view.ts";
import type { FormError, PublishForm } from "./publish_form.ts";

/** What a field of the form is given. */
interface FieldProps {
  form: PublishForm;
  error: FormError | undefined;
  set: (change: Partial<PublishForm>) => void;
}

/** The fields that are texts. */
type TextField = Exclude<keyof PublishForm, "qos" | "retain">;

/** A field with its label and what is wrong with it. */
export function Field(
  { form, error, set, field, label, isLong, ...attributes }: FieldProps & {
    field: TextField;
    label: string;
    isLong?: boolean;
    list?: string;
    inputMode?: string;
  },
): VNode {
  const wrong = error?.field === field ? labels.value[error.label] : undefined;
  const id = `publish-${field}`;
  const input = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    if (!wrong) return;
    const properties = input.current?.closest("details");
    if (properties) properties.open = true;
    input.current?.focus();
  }, [error]);
  const onInput = (event: Event) =>
    set({ [field]: (event.target as HTMLInputElement).value });
  return html`
    <div class="field">
      <label for=${id}>${label}</label>
      <${isLong ? "textarea" : "input"}
        id=${id}
        ref=${input}
        rows=${isLong ? 4 : undefined}
        value=${form[field]}
        spellcheck=${false}
        autocomplete="off"
        autocapitalize="off"
        aria-invalid=${wrong ? "true" : undefined}
        aria-describedby=${wrong ? `${id}-error` : undefined}
        onInput=${onInput}
        ...${attributes}
      />
      ${wrong &&
        html`<p class="error" id=${`${id}-error`} role="alert">${wrong}</p>`}
    </div>
  ` as VNode;
}

/** MQTT 5's properties, folded away. */
export function PropertyFields(props: FieldProps): VNode {
  const words = labels.value;
  return html`
    <details class="properties">
      <summary>${words.properties}</summary>
      <${Field} ...${props} field="contentType" label=${words.contentType} />
      <${Field} ...${props} field="responseTopic" label=${words
        .responseTopic} />
      <${Field} ...${props} field="correlationData" label=${words
        .correlationData} />
      <${Field}
        ...${props}
        field="messageExpiryInterval"
        label=${words.expiryInterval}
        inputMode="numeric"
      />
      <${Field}
        ...${props}
        field="userProperties"
        label=${words.userProperties}
        isLong
      />
    </details>
  ` as VNode;
}

/** Where to publish, completed from the topics that are known. */
export function TopicField(props: FieldProps): VNode {
  void treeVersion.value;
  const topics = suggestTopics(tree.value, props.form.topic);
  return html`
    <${Field} ...${props} field="topic" label=${labels.value
      .topic} list="topics" />
    <datalist id="topics">
      ${topics.map((topic) =>
        html`<option key=${topic} value=${topic}></option>`
      )}
    </datalist>
  ` as VNode;
}
