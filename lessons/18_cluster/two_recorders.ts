/**
 * @title Two recorders that share
 * @difficulty advanced
 * @tags shared subscription, QoS 1, rolling update
 * @run deno run --allow-env --allow-net lessons/18_cluster/two_recorders.ts
 *
 * Two recorders are one group: each reading goes to one of them. One leaves for an
 * update and comes back, and no reading is missed.
 */
import { brokerUrl, connect, exitWithError } from "../../lib/mod.ts";
import { subscribe } from "../../lib/mod.ts";

// Who has recorded which readings.
const recorded = { first: new Set<number>(), second: new Set<number>() };
let published = 0;
let allCame = () => {};

/** Joins the group "recorders". On another machine it would be the same line. */
function join(name: "first" | "second") {
  const filter = "$share/recorders/iot/#";
  return subscribe(brokerUrl(), [filter, 1], ({ number }) => {
    recorded[name].add(number);
    if (recorded.first.size + recorded.second.size === published) allCame();
  }, false);
}

try {
  await using client = await connect(brokerUrl());
  /** Publishes twenty readings, and says who has recorded how many of them. */
  async function publishTwenty(when: string) {
    const [first, second] = [recorded.first.size, recorded.second.size];
    published += 20;
    const came = new Promise<void>((resolve) => allCame = resolve);
    for (let number = published - 20; number < published; number++) {
      await client.publishAsync("iot/user1/temp", `${number}`, { qos: 1 });
    }
    const late = setTimeout(allCame, 3000);
    await came;
    clearTimeout(late);
    const counts = [recorded.first.size - first, recorded.second.size - second];
    console.log(`${when}: first ${counts[0]}, second ${counts[1]}`);
  }

  await using _first = await join("first");
  const second = await join("second");
  await publishTwenty("both");
  await second.close();
  await publishTwenty("second away");
  await using _back = await join("second");
  await publishTwenty("both again");
  const all = recorded.first.union(recorded.second);
  const twice = recorded.first.intersection(recorded.second);
  console.log(`${published - all.size} missing, ${twice.size} recorded twice`);
} catch (error) {
  exitWithError(error);
}
