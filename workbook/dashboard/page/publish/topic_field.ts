import { labels } from "../labels.ts";
import { Field, type FieldProps } from "./publish_fields.ts";
import { tree, treeVersion } from "../store.ts";
import { suggestTopics } from "./topic_suggestions.ts";
import { html, type VNode } from "../view.ts";

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
