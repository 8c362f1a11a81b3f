/**
 * Solution of exercise 04, subscriber: the brightest host, and the mean of all.
 *
 * Run: deno run --allow-env --allow-net solutions/04_luminosity/subscriber.ts
 */
import {
  brokerUrl,
  exitWithError,
  type Message,
  printable,
  subscribe,
} from "../../lib/mod.ts";

const ROOT = "/ex4/";
const period = Number(Deno.env.get("PERIOD") ?? 10); // Seconds
// No two clocks go alike: a host that is a little late has not missed a period.
const patience = 1.5 * period;

// The last value of each host, and when it came. A new value replaces the old.
const last = new Map<string, { percent: number; at: number }>();

function onMessage({ topic, text }: Message): void {
  const host = topic.slice(ROOT.length); // All of it: a name may have blanks.
  if (/^\d{1,3}$/.test(text) && Number(text) <= 100) {
    last.set(host, { percent: Number(text), at: performance.now() });
  } else {
    const value = text.slice(0, 40);
    const words = `Ignored from ${host}: "${value}" is not a whole percentage`;
    console.error(printable(words));
  }
}

function printFigures(): void {
  // Forget who has missed a period. Whoever reports again is back at once.
  const oldest = performance.now() - patience * 1000;
  for (const [host, { at }] of last) if (at < oldest) last.delete(host);
  if (last.size === 0) return; // No mean: one can't divide by 0.

  // The greatest value comes first; of equal ones, the name that sorts first.
  const [max] = [...last].sort(([a, { percent: x }], [b, { percent: y }]) =>
    y - x || (a < b ? -1 : 1)
  );
  let sum = 0;
  for (const { percent } of last.values()) sum += percent;
  console.log(printable(`Max: ${max?.[0]} (${max?.[1].percent})`));
  console.log(`Moy: ${(sum / last.size).toFixed(2)}`);
  console.log("-------------");
}

try {
  if (!(period > 0)) {
    throw new RangeError(`PERIOD is ${period}: it must be seconds above 0`);
  }
  const timer = setInterval(printFigures, period * 1000);
  await subscribe(brokerUrl(), `${ROOT}+`, onMessage);
  clearInterval(timer);
} catch (error) {
  exitWithError(error);
}
