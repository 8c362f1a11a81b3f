import { html, type VNode } from "./view.ts";

export function TreeView(): VNode {
  return html`<section></section>` as VNode;
}
