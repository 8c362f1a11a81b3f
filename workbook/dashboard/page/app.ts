import { LoginView } from "./login_view.ts";
import { StateView } from "./state_view.ts";
import { phase, welcome } from "./store.ts";
import { Tabs } from "./tabs.ts";
import { TreeView } from "./tree_view.ts";
import { html, type VNode } from "./view.ts";

/** The whole page: the tree beside what is open. */
export function App(): VNode {
  const isLocked = phase.value === "password" ||
    phase.value === "wrong password";
  return html`
    <${StateView} />
    ${isLocked && html`<${LoginView} />`}
    ${!isLocked && welcome.value && html`
      <main>
        <${TreeView} />
        <${Tabs} />
      </main>
    `}
  ` as VNode;
}
