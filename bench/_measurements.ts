import type { Measurement } from "./_rounds.ts";
import {
  brokerMeasurements,
  endToEndMeasurements,
} from "./measurements/relay.ts";
import {
  coldStartMeasurements,
  importMeasurements,
} from "./measurements/start.ts";
import { latencyMeasurements } from "./measurements/latency.ts";
import { publishMeasurements } from "./measurements/publish.ts";
import {
  receiveMeasurements,
  recordMeasurements,
} from "./measurements/receive.ts";

/**
 * Everything that is measured.
 *
 * @param scale What the numbers of messages are multiplied by: 1 for figures
 *   that mean something.
 */
export function allMeasurements(scale: number): Measurement[] {
  return [
    ...publishMeasurements(scale),
    ...receiveMeasurements(scale),
    ...recordMeasurements(scale),
    ...endToEndMeasurements(scale),
    ...latencyMeasurements(scale),
    ...brokerMeasurements(scale),
    ...coldStartMeasurements(),
    ...importMeasurements(scale),
  ];
}
