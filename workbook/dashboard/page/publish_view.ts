import { html, type VNode } from "./view.ts";

export function PublishView(): VNode {
  return html`<section></section>` as VNode;
}
