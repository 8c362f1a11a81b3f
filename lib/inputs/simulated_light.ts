import type { LightSource } from "./light_source.ts";

const LARGEST_STEP = 0.05;

/** Simulates light that wanders: each reading is near the one before. */
export function simulateLight(): LightSource {
  let light = Math.random();
  return {
    read() {
      light += (Math.random() * 2 - 1) * LARGEST_STEP;
      // It turns back where it would leave the range.
      light = light > 1 ? 2 - light : Math.abs(light);
      return light;
    },
    close() {},
  };
}
