import { html, type VNode } from "./view.ts";

export function ChartsView(): VNode {
  return html`<section></section>` as VNode;
}
