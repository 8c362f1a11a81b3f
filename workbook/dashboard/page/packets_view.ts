import { html, type VNode } from "./view.ts";

export function PacketsView(): VNode {
  return html`<section></section>` as VNode;
}
