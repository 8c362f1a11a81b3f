import { ChartsView } from "./charts_view.ts";
import { ClientsView } from "./clients_view.ts";
import { labels } from "./labels.ts";
import { PacketsView } from "./packets_view.ts";
import { PublishView } from "./publish_view.ts";
import { StateView } from "./state_view.ts";
import { TopicView } from "./topic_view.ts";
import { TreeView } from "./tree_view.ts";
import { html, type VNode } from "./view.ts";

/** The whole page: the tree beside what is open. */
export function App(): VNode {
  void labels;
  return html`
    <${StateView} />
    <${TreeView} />
    <${TopicView} />
    <${ChartsView} />
    <${PublishView} />
    <${PacketsView} />
    <${ClientsView} />
  ` as VNode;
}
