import { printable } from "../../lib/printable.ts";
import type { BrokerLink } from "./broker_link.ts";
import { numberAt, type NumberReader } from "./number_at.ts";
import type {
  ClientNews,
  Frame,
  MessageNews,
  Outage,
  SeriesNews,
  SeriesRequest,
  TopicMessage,
  TopicNews,
} from "./protocol.ts";
import type { KeptMessage } from "./message_log.ts";
import { propertySize } from "./property_texts.ts";
import type { Topic, TopicTable } from "./topic_table.ts";

/** What one frame holds at most. */
const MOST_TOPICS = 5_000;
/** Characters of their names; only the last one may be beyond it. */
const MOST_NAMES = 1024 * 1024;
const MOST_MESSAGES = 200;
const MOST_MESSAGE_BYTES = 1024 * 1024;
const MOST_PACKETS = 500;
/** Characters of all clients: thousands that have chosen nothing enormous. */
const MOST_CLIENT_TEXT = 4 * 1024 * 1024;
const LONGEST_VALUE = 200;
const decoder = new TextDecoder();

/** What frames are made from. */
interface Sources {
  table: TopicTable;
  link: Pick<BrokerLink, "state" | "outages" | "packets" | "log">;
  /** The embedded broker's clients, where there is one. */
  clients?: (() => ClientNews[]) | undefined;
}

interface Series {
  request: SeriesRequest;
  read: NumberReader;
  /** How many of the topic's messages it has seen, `undefined` if none was asked for. */
  seen: number | undefined;
  /** The time of its last point. */
  last: number;
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
  readonly #series = new Map<string, Series>();
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
      const read = numberAt(request.path)!;
      const fresh = { request, read, seen: undefined, last: -Infinity };
      this.#series.set(request.key, isSame ? known : fresh);
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
    const ring = open && this.#sources.table.get(open.topic)?.messages;
    if (!open || !ring || ring.pushed === open.seen) return {};
    const { items, leftOut } = ring.since(open.seen ?? 0, MOST_MESSAGES);
    const messages = newestWithin(items, MOST_MESSAGE_BYTES);
    const news: MessageNews = {
      topic: open.topic,
      isStart: open.seen === undefined,
      messages: messages.map(topicMessage),
      leftOut: leftOut + items.length - messages.length,
    };
    open.seen = ring.pushed;
    return { messages: news };
  }

  #takeSeries(): Partial<Frame> {
    const series: SeriesNews[] = [];
    for (const one of this.#series.values()) {
      const ring = this.#sources.table.get(one.request.topic)?.messages;
      if (!ring || ring.pushed === one.seen) continue;
      const { items, leftOut } = ring.since(one.seen ?? 0);
      const isStart = one.seen === undefined;
      one.seen = ring.pushed;
      const points = pointsOf(items, one, this.#sources.link.outages);
      if (points.times.length === 0 && !isStart) continue;
      series.push({ key: one.request.key, isStart, ...points, leftOut });
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
    const all = this.#sources.clients?.() ?? [];
    let size = 0;
    const clients = all.filter((client) => {
      size += JSON.stringify(client).length;
      return size <= MOST_CLIENT_TEXT;
    });
    const text = JSON.stringify(clients);
    if (text === this.#clients) return {};
    this.#clients = text;
    return { clients };
  }

  #takeLog(): Partial<Frame> {
    const { log } = this.#sources.link;
    const { items } = log.since(this.#logged);
    this.#logged = log.pushed;
    return items.length > 0 ? { log: items } : {};
  }
}

function topicNews(topic: Topic, isFirst: boolean): TopicNews {
  const last = topic.messages.last;
  const { payload = new Uint8Array(), bytes = 0, qos = 0, time = 0 } = last ??
    {};
  return {
    id: topic.id,
    ...isFirst && { name: topic.name },
    count: topic.count,
    time,
    value: excerptOf(payload),
    bytes,
    qos,
    isRetained: topic.isRetained,
  };
}

function excerptOf(payload: Uint8Array): string {
  const text = decoder.decode(payload.subarray(0, 4 * LONGEST_VALUE));
  return printable(text.slice(0, LONGEST_VALUE)).slice(0, LONGEST_VALUE);
}

function newestWithin(messages: KeptMessage[], most: number): KeptMessage[] {
  let first = messages.length;
  for (let bytes = 0; first > 0; first--) {
    const { payload, properties } = messages[first - 1]!;
    bytes += payload.length + propertySize(properties);
    if (bytes > most && first < messages.length) break;
  }
  return messages.slice(first);
}

function topicMessage({ payload, ...message }: KeptMessage): TopicMessage {
  return {
    ...message,
    payload: payload.toBase64(),
  };
}

/** The points of messages, with a gap wherever the connection was lost between two. */
function pointsOf(
  messages: readonly KeptMessage[],
  series: Series,
  outages: { since(seen: number): { items: Outage[] } },
): Pick<SeriesNews, "times" | "values"> {
  const times: number[] = [];
  const values: (number | null)[] = [];
  const gaps = outages.since(0).items.filter(({ from }) => from > series.last);
  for (const { time, payload } of messages) {
    const value = series.read(payload);
    if (value === undefined) continue;
    while (gaps.length > 0 && gaps[0]!.to <= time) {
      const { from } = gaps.shift()!;
      if (series.last === -Infinity || from <= series.last) continue;
      times.push(from);
      values.push(null);
    }
    times.push(time);
    values.push(value);
    series.last = time;
  }
  return { times, values };
}
