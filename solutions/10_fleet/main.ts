/**
 * Solution of exercise 10: watches the batteries of a fleet.
 *
 * Run: deno run --allow-env --allow-net solutions/10_fleet/main.ts
 */
import {
  brokerUrl,
  exitWithError,
  type Message,
  printable,
  subscribe,
} from "../../lib/mod.ts";

// Two limits, not one: a battery that wavers around a single limit would alert
// again and again.
const LOW = 20;
const RECOVERED = 25;

// The devices that have alerted and have not recovered yet. This is all that the
// program has to remember.
const low = new Set<string>();

function onMessage({ topic, number: percent }: Message): void {
  const [, device = ""] = topic.split("/");
  if (percent < LOW && !low.has(device)) {
    low.add(device);
    console.log(printable(`Alert: ${device} is at ${percent} %`));
  } else if (percent > RECOVERED && low.has(device)) {
    low.delete(device);
    console.log(printable(`Recovered: ${device} is at ${percent} %`));
  }
}

// Reading `number` of a message throws if its payload isn't one. Say so, and go on.
const onError = ({ message }: Error) => console.error(`Ignored: ${message}`);

// Subscribe, and watch until Ctrl-C. What the broker has retained comes first.
try {
  await subscribe(brokerUrl(), "fleet/+/battery", onMessage, true, { onError });
} catch (error) {
  exitWithError(error);
}
