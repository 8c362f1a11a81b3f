/**
 * What changes once a second, whether there is news or not: ages and rates.
 *
 * @module
 */
import { now, total, tree, welcome } from "./store.ts";
import { sortAnew } from "./tree/tree_state.ts";
import { batch, effect, signal } from "./view.ts";

/** The server's time, in milliseconds. */
export const time = signal(Date.now());
/** Messages a second, on all topics. */
export const messageRate = signal(0);

/** Begins to tick, for as long as the page is there. */
export function startClock(): void {
  // The two machines' clocks may differ.
  let ahead = 0;
  effect(() => {
    if (now.value > 0) ahead = now.value - Date.now();
  });
  let before = { at: 0, total: 0, welcome: welcome.value };
  setInterval(() => {
    const at = performance.now();
    const seconds = (at - before.at) / 1000;
    const isSame = before.welcome === welcome.value;
    batch(() => {
      tree.value.measure(at);
      sortAnew();
      messageRate.value = isSame ? (total.value - before.total) / seconds : 0;
      time.value = Date.now() + ahead;
    });
    before = { at, total: total.value, welcome: welcome.value };
  }, 1000);
}
