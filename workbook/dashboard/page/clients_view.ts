import { html, type VNode } from "./view.ts";

export function ClientsView(): VNode {
  return html`<section></section>` as VNode;
}
