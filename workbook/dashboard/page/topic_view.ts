import { html, type VNode } from "./view.ts";

export function TopicView(): VNode {
  return html`<section></section>` as VNode;
}
