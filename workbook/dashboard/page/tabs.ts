import { ChartsView } from "./charts_view.ts";
import { ClientsView } from "./clients_view.ts";
import { labels } from "./labels.ts";
import { PacketsView } from "./packets_view.ts";
import { PublishView } from "./publish_view.ts";
import { selectedTab, type Tab, welcome } from "./store.ts";
import { TopicView } from "./topic_view.ts";
import { html, useRef, type VNode } from "./view.ts";

const VIEWS = {
  topic: TopicView,
  charts: ChartsView,
  publish: PublishView,
  packets: PacketsView,
  clients: ClientsView,
} satisfies Record<Tab, () => VNode>;

/** What stands beside the tree: one of several views, each with a tab. */
export function Tabs(): VNode {
  const list = useRef<HTMLDivElement>(null);
  const words = labels.value;
  const names: Record<Tab, string> = {
    topic: words.topic,
    charts: words.charts,
    publish: words.publish,
    packets: words.packets,
    clients: words.clients,
  };
  const tabs = (Object.keys(VIEWS) as Tab[])
    .filter((tab) => tab !== "clients" || welcome.value?.hasClients);
  const selected = tabs.includes(selectedTab.value)
    ? selectedTab.value
    : "topic";
  const onKeyDown = (event: KeyboardEvent) => {
    const index = tabAt(event.key, tabs.indexOf(selected), tabs.length);
    if (index === undefined) return;
    event.preventDefault();
    selectedTab.value = tabs[index]!;
    (list.current?.children[index] as HTMLElement | undefined)?.focus();
  };
  return html`
    <section class="side" id="side">
      <div
        role="tablist"
        aria-label=${words.views}
        ref=${list}
        onKeyDown=${onKeyDown}
      >
        ${tabs.map((tab) =>
          html`
            <button
              type="button"
              role="tab"
              key=${tab}
              id=${`tab-${tab}`}
              aria-selected=${String(tab === selected)}
              aria-controls="panel"
              tabindex=${tab === selected ? 0 : -1}
              onClick=${() => selectedTab.value = tab}
            >${names[tab]}</button>
          `
        )}
      </div>
      <div
        role="tabpanel"
        id="panel"
        tabindex="-1"
        class=${`panel panel-${selected}`}
        aria-labelledby=${`tab-${selected}`}
      >
        <${VIEWS[selected]} key=${selected} />
      </div>
    </section>
  ` as VNode;
}

/** The tab that a key goes to, round and round. */
function tabAt(key: string, index: number, count: number): number | undefined {
  switch (key) {
    case "ArrowRight":
      return (index + 1) % count;
    case "ArrowLeft":
      return (index + count - 1) % count;
    case "Home":
      return 0;
    case "End":
      return count - 1;
  }
  return undefined;
}
