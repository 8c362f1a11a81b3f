import { html, type VNode } from "./view.ts";

export function StateView(): VNode {
  return html`<section></section>` as VNode;
}
