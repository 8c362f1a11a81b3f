import type { LoadResult } from "./run_load.ts";

/** The figures, in lines. */
export function describeLoad(result: LoadResult): string[] {
  const { sent, acknowledged, expected, delivered, repeated } = result;
  const { cut, back, cutSubscribers, subscribedAgain, delays } = result;
  const shown = (milliseconds: number) => `${milliseconds.toFixed(1)} ms`;
  return [
    `Sent ${sent}, acknowledged ${acknowledged}`,
    `Delivered ${delivered} of ${expected}, ${repeated} repeated`,
    `Cut ${cut} at once: ${back} came back, ` +
    `${subscribedAgain} of ${cutSubscribers} subscribed again`,
    `Delay: median ${shown(delays.quantile(0.5))}, ` +
    `p99 ${shown(delays.quantile(0.99))} between those that were not cut; ` +
    `longest of all ${shown(result.longest)}`,
  ];
}

/** What is wrong with the figures, in lines; none if nothing is. */
export function findFaults(result: LoadResult): string[] {
  const { sent, acknowledged, expected, delivered, failures } = result;
  const { cut, back, dropped, cutSubscribers, subscribedAgain } = result;
  const faults: [boolean, string][] = [
    [sent === 0, "Nothing was sent"],
    [
      acknowledged < sent,
      `${sent - acknowledged} messages were not acknowledged`,
    ],
    [
      delivered < expected,
      `${expected - delivered} deliveries of acknowledged messages are missing`,
    ],
    [back < cut, `${cut - back} clients that were cut did not come back`],
    [
      subscribedAgain < cutSubscribers,
      `${
        cutSubscribers - subscribedAgain
      } subscribers are not subscribed again`,
    ],
    [dropped > 0, `${dropped} clients lost their connection without a cut`],
  ];
  return [
    ...faults.filter(([isFault]) => isFault).map(([, words]) => words),
    ...failures.map((words) => `Publishing failed: ${words}`),
  ];
}
