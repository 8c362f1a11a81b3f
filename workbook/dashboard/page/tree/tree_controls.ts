import { formatNumber } from "../format.ts";
import { fill, labels } from "../labels.ts";
import { tree, treeVersion } from "../store.ts";
import { expandAll, filterText, order, sortBy } from "./tree_state.ts";
import { html, type VNode } from "../view.ts";

/** What is above the tree: to find topics, to sort them, to open and to close all. */
export function TreeControls(): VNode {
  void treeVersion.value;
  const words = labels.value;
  return html`
    <div class="controls tree-controls">
      <label class="unseen" for="topic-filter">${words.findTopics}</label>
      <input
        type="search"
        id="topic-filter"
        placeholder=${words.findTopicsHint}
        value=${filterText.value}
        spellcheck=${false}
        autocomplete="off"
        autocapitalize="off"
        onInput=${(event: Event) =>
          filterText.value = (event.target as HTMLInputElement).value}
      />
      <label>
        <span class="unseen">${words.sortBy}</span>
        <select
          value=${order.value}
          onChange=${(event: Event) =>
            sortBy(
              (event.target as HTMLSelectElement).value === "rate"
                ? "rate"
                : "name",
            )}
        >
          <option value="name">${words.byName}</option>
          <option value="rate">${words.byRate}</option>
        </select>
      </label>
      <button type="button" onClick=${() => expandAll(true)}>${words
        .expandAll}</button>
      <button type="button" onClick=${() => expandAll(false)}>${words
        .collapseAll}</button>
    </div>
    <div class="row head">
      <span class="name">${fill(words.topicCount, {
        n: formatNumber(tree.value.size),
      })}</span>
      <span class="last">${words.value}</span>
      <span class="age">${words.age}</span>
      <span class="count">${words.messages}</span>
      <span class="rate">${words.rate}</span>
    </div>
  ` as VNode;
}
