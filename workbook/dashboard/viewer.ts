import type { BrokerLink } from "./broker_link.ts";
import { clientsWithin, messageNews, topicNews } from "./news.ts";
import type {
  ClientNews,
  Frame,
  SeriesNews,
  SeriesRequest,
  TopicNews,
} from "./protocol.ts";
import {
  type FollowedSeries,
  followSeries,
  seriesNews,
} from "./series_news.ts";
import type { Topic, TopicTable } from "./topic_table.ts";

/** What one frame holds at most. */
const MOST_TOPICS = 5_000;
/** Characters of their names; only the last one may be beyond it. */
const MOST_NAMES = 1024 * 1024;
const MOST_PACKETS = 500;

/** What frames are made from. */
interface Sources {
  table: TopicTable;
  link: Pick<BrokerLink, "state" | "outages" | "packets" | "log">;
  /** The embedded broker's clients, where there is one. */
  clients?: (() => ClientNews[]) | undefined;
}

/** What one page has been told, and what it is to be told next. */
export class Viewer {
  readonly #sources: Sources;
  #number = 0;
  #handled = 0;
  /** Topics that it has yet to be told of. */
  readonly #changed: Set<Topic>;
  readonly #named = new Set<Topic>();
  #state: unknown;
  #total = -1;
  #outages = 0;
  #logged = 0;
  #open: { topic: string; seen: number | undefined } | undefined;
  readonly #series = new Map<string, FollowedSeries>();
  #packets: number | undefined;
  #clients: string | undefined;
  /** Whether it shows packets. */
  get showsPackets(): boolean {
    return this.#packets !== undefined;
  }

  /** Makes one for a page that knows nothing yet. */
  constructor(sources: Sources) {
    this.#sources = sources;
    this.#changed = new Set(sources.table.topics());
  }

  /** Something has come on these topics. */
  note(topics: Iterable<Topic>): void {
    for (const topic of topics) this.#changed.add(topic);
  }

  /** The page has handled a frame, and may be sent the next one. */
  handled(number: number): void {
    // One that hasn't been sent would say so of all that are to come.
    if (number <= this.#number) this.#handled = Math.max(this.#handled, number);
  }

  /** The page shows a topic's messages. */
  open(topic: string | null): void {
    this.#open = topic === null ? undefined : { topic, seen: undefined };
  }

  /** The page shows these series; what is known of them is told again only if new. */
  show(requests: readonly SeriesRequest[]): void {
    const before = new Map(this.#series);
    this.#series.clear();
    for (const request of requests) {
      const known = before.get(request.key);
      const isSame = known?.request.topic === request.topic &&
        known.request.path === request.path;
      this.#series.set(request.key, isSame ? known : followSeries(request));
    }
  }

  /** The page shows packets from now on, or no longer. */
  showPackets(isShown: boolean): void {
    if (isShown === this.showsPackets) return;
    this.#packets = isShown ? this.#sources.link.packets.pushed : undefined;
  }

  /** The page shows the clients from now on, or no longer. */
  showClients(isShown: boolean): void {
    this.#clients = isShown ? "" : undefined;
  }

  /**
   * Makes the next frame.
   *
   * @returns Nothing if the page is still busy with the last one, or nothing is new.
   */
  frame(time: number): Frame | undefined {
    if (this.#handled < this.#number) return undefined;
    const { table } = this.#sources;
    const frame: Frame = {
      type: "frame",
      number: this.#number + 1,
      time,
      total: table.total,
      unlisted: table.unlisted,
      ...this.#takeState(),
      ...this.#takeTopics(),
      ...this.#takeMessages(),
      ...this.#takeSeries(),
      ...this.#takePackets(),
      ...this.#takeClients(),
      ...this.#takeLog(),
    };
    const isNew = Object.keys(frame).length > 5 || table.total !== this.#total;
    if (!isNew) return undefined;
    this.#total = table.total;
    this.#number++;
    return frame;
  }

  #takeState(): Partial<Frame> {
    const { state, outages } = this.#sources.link;
    const { items } = outages.since(this.#outages);
    this.#outages = outages.pushed;
    const isNew = state !== this.#state;
    this.#state = state;
    return {
      ...isNew && { state },
      ...items.length > 0 && { outages: items },
    };
  }

  #takeTopics(): Partial<Frame> {
    const topics: TopicNews[] = [];
    let named = 0;
    for (const topic of this.#changed) {
      if (topics.length === MOST_TOPICS || named > MOST_NAMES) break;
      this.#changed.delete(topic);
      const isFirst = !this.#named.has(topic);
      if (isFirst) named += topic.name.length;
      topics.push(topicNews(topic, isFirst));
      this.#named.add(topic);
    }
    return topics.length > 0 ? { topics } : {};
  }

  #takeMessages(): Partial<Frame> {
    const open = this.#open;
    const topic = open && this.#sources.table.get(open.topic);
    if (!open || !topic || topic.messages.pushed === open.seen) return {};
    const messages = messageNews(topic, open.seen);
    open.seen = topic.messages.pushed;
    return { messages };
  }

  #takeSeries(): Partial<Frame> {
    const series: SeriesNews[] = [];
    for (const one of this.#series.values()) {
      const topic = this.#sources.table.get(one.request.topic);
      const news = topic &&
        seriesNews(one, topic.messages, this.#sources.link.outages);
      if (news) series.push(news);
    }
    return series.length > 0 ? { series } : {};
  }

  #takePackets(): Partial<Frame> {
    if (this.#packets === undefined) return {};
    const { packets } = this.#sources.link;
    const { items, leftOut } = packets.since(this.#packets, MOST_PACKETS);
    this.#packets = packets.pushed;
    if (items.length === 0) return {};
    return { packets: items, packetsLeftOut: leftOut };
  }

  #takeClients(): Partial<Frame> {
    if (this.#clients === undefined) return {};
    const news = clientsWithin(this.#sources.clients?.() ?? []);
    const text = JSON.stringify(news);
    if (text === this.#clients) return {};
    this.#clients = text;
    return news;
  }

  #takeLog(): Partial<Frame> {
    const { log } = this.#sources.link;
    const { items } = log.since(this.#logged);
    this.#logged = log.pushed;
    return items.length > 0 ? { log: items } : {};
  }
}
