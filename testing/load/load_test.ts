import { assert, assertEquals, assertMatch } from "@std/assert";
import { Delays, DeliveryCount } from "./counts.ts";
import { findFaults, type LoadResult } from "./run_load.ts";
import { findGrowth } from "./growth.ts";
import { planClients } from "./plan.ts";

/** Figures of a run in which all went well. */
const GOOD: LoadResult = {
  sent: 100,
  acknowledged: 100,
  expected: 1000,
  delivered: 1000,
  repeated: 3,
  cut: 20,
  back: 20,
  dropped: 0,
  cutSubscribers: 2,
  subscribedAgain: 2,
  failures: [],
  delays: new Delays(),
  longest: 1,
};

Deno.test("planClients() lets a tenth subscribe, ten to each tenth, and cuts a fifth", () => {
  const plans = planClients({ clients: 1000, seed: 1 });
  for (let tenth = 0; tenth < 10; tenth++) {
    const members = plans.filter((plan) => plan.tenth === tenth);
    assertEquals(members.length, 100);
    const subscribed = members.filter(({ isSubscribed }) => isSubscribed);
    assertEquals(subscribed.length, 10);
  }
  assertEquals(plans.filter(({ isCut }) => isCut).length, 200);
  const phases = plans.map(({ phase }) => phase);
  assert(Math.min(...phases) >= 0 && Math.max(...phases) < 1000);
  assertEquals(planClients({ clients: 1000, seed: 1 }), plans);
  const others = planClients({ clients: 1000, seed: 2 });
  assert(plans.some(({ isCut }, index) => isCut !== others[index]!.isCut));
});

Deno.test("DeliveryCount.sum() tells what is missing, and what came twice", () => {
  const deliveries = new DeliveryCount();
  for (const subscriber of [1, 2]) deliveries.addSubscriber(subscriber, 0);
  deliveries.addSubscriber(3, 1);
  deliveries.acknowledge(0, { client: 7, count: 0 });
  deliveries.acknowledge(0, { client: 7, count: 1 });
  deliveries.acknowledge(1, { client: 8, count: 0 });
  assert(deliveries.receive(1, { client: 7, count: 0 }));
  assert(!deliveries.receive(1, { client: 7, count: 0 }));
  assert(deliveries.receive(2, { client: 7, count: 1 }));
  // Received before its acknowledgement has come, which never comes.
  assert(deliveries.receive(3, { client: 8, count: 1 }));
  assertEquals(deliveries.sum(), {
    acknowledged: 3,
    expected: 5,
    delivered: 2,
    repeated: 1,
  });
});

Deno.test("Delays.quantile() counts those of all fleets", () => {
  const one = new Delays();
  for (let delay = 1; delay <= 60; delay++) one.add(delay);
  const other = new Delays();
  for (let delay = 61; delay <= 100; delay++) other.add(delay);
  one.addAll(JSON.parse(JSON.stringify(other)));
  assertEquals([0.5, 0.99, 1].map((part) => one.quantile(part)), [50, 99, 100]);
});

const faults: [Partial<LoadResult>, RegExp][] = [
  [{ sent: 0, acknowledged: 0 }, /^Nothing was sent$/],
  [{ acknowledged: 98 }, /^2 messages were not acknowledged$/],
  [{ delivered: 999 }, /^1 deliveries of acknowledged messages are missing$/],
  [{ back: 19 }, /^1 clients that were cut did not come back$/],
  [{ subscribedAgain: 1 }, /^1 subscribers are not subscribed again$/],
  [{ dropped: 4 }, /^4 clients lost their connection without a cut$/],
  [{ failures: ["x"] }, /^Publishing failed: x$/],
];
for (const [change, words] of faults) {
  Deno.test(`findFaults() finds ${JSON.stringify(change)}`, () => {
    assertEquals(findFaults(GOOD), []);
    const [fault, ...rest] = findFaults({ ...GOOD, ...change });
    assertMatch(fault ?? "", words);
    assertEquals(rest, []);
  });
}

/** A process that holds so many sockets, and so much live memory in MB. */
const watched = (sockets: number[], live: [number, number]) => ({
  holdings: sockets.map((sockets, index) => ({
    memory: 1024 * index,
    sockets,
  })),
  live: live.map((megabytes) => megabytes * 2 ** 20) as [number, number],
});
const FLAT = Array.from({ length: 10 }, () => 10);

Deno.test("findGrowth() shows what is held once it is warm", () => {
  assertEquals(findGrowth(watched([7, 8, ...FLAT.slice(2)], [18, 19.5])), {
    memory: { first: 2, least: 2, most: 9, last: 9 },
    live: [18, 19.5],
    sockets: { first: 10, least: 10, most: 10, last: 10 },
    faults: [],
  });
});

Deno.test("findGrowth() finds live memory that grows, and a socket that stays open", () => {
  assertEquals(findGrowth(watched(FLAT, [18, 20.5])).faults, [
    "Live memory grew by 2.5 MB, at most 2 MB may be",
  ]);
  assertEquals(findGrowth(watched([...FLAT, 11], [18, 18])).faults, [
    "Sockets grew from 10 to 11: none may stay open",
  ]);
});
