import type {
  BrokerState,
  ClientNews,
  Frame,
  FromServer,
  Outage,
  PacketNews,
  PublishResult,
  SeriesNews,
  TopicMessage,
  Welcome,
} from "../protocol.ts";
import { TopicTree } from "./topic_tree.ts";
import { batch, signal } from "./view.ts";

/** How many of each the page holds; what is older is let go. */
export const MOST = {
  messages: 1_000,
  packets: 2_000,
  points: 100_000,
  logLines: 500,
};

/** How the page stands to the dashboard's server. */
type Phase = "connecting" | "password" | "wrong password" | "open";

/** The messages of the topic that is open, the oldest first. */
export interface OpenMessages {
  topic: string;
  messages: TopicMessage[];
  /** How many aren't here any more, or never were. */
  leftOut: number;
}

/** The points of a series. */
export interface Points {
  times: number[];
  values: (number | null)[];
  /** How many aren't here any more, or never were. */
  leftOut: number;
}

export const phase = signal<Phase>("connecting");
export const welcome = signal<Welcome | undefined>(undefined);
export const brokerState = signal<BrokerState | undefined>(undefined);
export const outages = signal<Outage[]>([]);
export const total = signal(0);
export const unlisted = signal(0);
/** The server's time when it sent the last frame. */
export const now = signal(0);
/** Changed in place: who draws it reads {@linkcode treeVersion}. */
export const tree = signal(new TopicTree());
export const treeVersion = signal(0);
/** The server's time when it told of the first topics. */
let treeSince: number | undefined;
/** The topic that is open. */
export const openTopic = signal<string | null>(null);
export const openMessages = signal<OpenMessages | undefined>(undefined);
/** The points by the series' key, changed in place: see {@linkcode pointsVersion}. */
export const points = new Map<string, Points>();
export const pointsVersion = signal(0);
export const packets = signal<PacketNews[]>([]);
export const packetsLeftOut = signal(0);
export const clients = signal<ClientNews[]>([]);
export const clientsLeftOut = signal(0);
export const log = signal<string[]>([]);
export const results = signal<PublishResult[]>([]);

/** Takes what the server says. */
export function take(message: FromServer): void {
  batch(() => {
    if (message.type === "frame") return takeFrame(message);
    if (message.type === "published") {
      results.value = [...results.value, message].slice(-20);
    } else if (message.type === "refusal") {
      phase.value = message.reason === "password wrong"
        ? "wrong password"
        : "password";
    } else {
      welcome.value = message;
      phase.value = "open";
      // The server tells everything anew.
      tree.value = new TopicTree();
      treeSince = undefined;
      treeVersion.value++;
      outages.value = [];
      log.value = [];
    }
  });
}

function takeFrame(frame: Frame): void {
  now.value = frame.time;
  total.value = frame.total;
  unlisted.value = frame.unlisted;
  if (frame.state) brokerState.value = frame.state;
  if (frame.outages) outages.value = [...outages.value, ...frame.outages];
  if (frame.topics) {
    treeSince ??= frame.time;
    for (const topic of frame.topics) tree.value.take(topic, treeSince);
    treeVersion.value++;
  }
  if (frame.messages && frame.messages.topic === openTopic.value) {
    takeMessages(frame.messages);
  }
  for (const news of frame.series ?? []) takePoints(news);
  if (frame.series) pointsVersion.value++;
  if (frame.packets) {
    const all = [...packets.value, ...frame.packets];
    packets.value = all.slice(-MOST.packets);
    packetsLeftOut.value += (frame.packetsLeftOut ?? 0) + all.length -
      packets.value.length;
  }
  if (frame.clients) {
    clients.value = frame.clients;
    clientsLeftOut.value = frame.clientsLeftOut ?? 0;
  }
  if (frame.log) log.value = [...log.value, ...frame.log].slice(-MOST.logLines);
}

function takeMessages(news: NonNullable<Frame["messages"]>): void {
  const { topic, isStart, leftOut } = news;
  const before = isStart ? undefined : openMessages.value;
  const all = [...before?.messages ?? [], ...news.messages];
  const messages = all.slice(-MOST.messages);
  openMessages.value = {
    topic,
    messages,
    leftOut: (before?.leftOut ?? 0) + leftOut + all.length - messages.length,
  };
}

/**
 * Puts points in the order of their times, if those from `start` on aren't: a clock
 * may be set back, and a recording may have others appended.
 */
function sortByTime(points: Points, start: number): void {
  const { times, values } = points;
  const isSorted = times.slice(Math.max(0, start - 1))
    .every((time, index, some) => index === 0 || time >= some[index - 1]!);
  if (isSorted) return;
  const order = [...times.keys()].sort((a, b) => times[a]! - times[b]!);
  points.times = order.map((index) => times[index]!);
  points.values = order.map((index) => values[index]!);
}

function takePoints({ key, isStart, times, values, leftOut }: SeriesNews) {
  const before = isStart ? undefined : points.get(key);
  const all = before ?? { times: [], values: [], leftOut: 0 };
  for (const time of times) all.times.push(time);
  for (const value of values) all.values.push(value);
  sortByTime(all, all.times.length - times.length);
  const excess = Math.max(0, all.times.length - MOST.points);
  all.times.splice(0, excess);
  all.values.splice(0, excess);
  all.leftOut += leftOut + excess;
  points.set(key, all);
}

/** What can stand beside the tree. */
export type Tab = "topic" | "charts" | "publish" | "packets" | "clients";

/** What stands there. */
export const selectedTab = signal<Tab>("charts");

/** Gives it the focus, which would be lost with a button that goes away. */
export function focusPanel(): void {
  document.getElementById("panel")?.focus();
}
