import type { Measurement } from "./_measurement.ts";
import { brokerMeasurements } from "./measurements/broker.ts";
import { coldStartMeasurements } from "./measurements/cold_start.ts";
import { endToEndMeasurements } from "./measurements/end_to_end.ts";
import { importMeasurements } from "./measurements/import.ts";
import { latencyMeasurements } from "./measurements/latency.ts";
import { publishMeasurements } from "./measurements/publish.ts";
import { receiveMeasurements } from "./measurements/receive.ts";
import { recordMeasurements } from "./measurements/record.ts";

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
