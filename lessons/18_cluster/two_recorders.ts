/**
 * @title Two recorders that share
 * @difficulty advanced
 * @tags shared subscription, QoS 1, rolling update
 * @run deno run --allow-env --allow-net lessons/18_cluster/two_recorders.ts
 *
 * Two recorders are one group: each reading goes to one of them. One leaves for an
 * update and comes back, and no reading is missed.
 */
import { brokerUrl, type Client, connect } from "../../lib/mod.ts";
import { exitWithError, subscribe } from "../../lib/mod.ts";

// Who has recorded which readings.
const first = new Set<number>();
const second = new Set<number>();
let published = 0;
let allCame = () => {};

/** Joins the group "recorders". On another machine it would be the same line. */
function join(recorded: Set<number>) {
  const filter = "$share/recorders/iot/#";
  return subscribe(brokerUrl(), [filter, 1], ({ number }) => {
    recorded.add(number);
    if (first.size + second.size === published) allCame();
  }, false);
}

/** Publishes twenty readings, and says who has recorded how many of them. */
async function publishTwenty(client: Client, when: string) {
  const before = [first.size, second.size] as const;
  const came = new Promise<void>((resolve) => allCame = resolve);
  const begin = published;
  published += 20;
  for (let number = begin; number < published; number++) {
    await client.publishAsync("iot/user1/temp", `${number}`, { qos: 1 });
  }
  const late = setTimeout(allCame, 3000);
  await came;
  clearTimeout(late);
  const counts = [first.size - before[0], second.size - before[1]];
  console.log(`${when}: first ${counts[0]}, second ${counts[1]}`);
}

try {
  await using client = await connect(brokerUrl());
  await using _first = await join(first);
  const leaving = await join(second);
  await publishTwenty(client, "both");
  await leaving.close();
  await publishTwenty(client, "second away");
  await using _second = await join(second);
  await publishTwenty(client, "both again");
  const missing = published - first.union(second).size;
  const twice = first.intersection(second).size;
  console.log(`${missing} missing, ${twice} recorded twice`);
} catch (error) {
  exitWithError(error);
}
