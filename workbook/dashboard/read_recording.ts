import { readReadings } from "../../lib/readings.ts";
import { printable } from "../../lib/printable.ts";
import { TopicTable } from "./topic_table.ts";

/**
 * Reads a recording, of which the newest readings are kept.
 *
 * @returns A table with them. How many lines weren't readings is told on standard error.
 * @throws {RecordingError} If the file can't be read.
 */
export async function readRecording(
  path: string,
): Promise<TopicTable> {
  const table = new TopicTable();
  let invalid = 0;
  const onInvalid = () => invalid++;
  for await (const reading of readReadings(path, { onInvalid })) {
    table.takeRecorded(reading.topic, reading.value, reading.time.getTime());
  }
  if (invalid > 0) {
    console.error(`${printable(path)}: ${invalid} lines are no readings`);
  }
  return table;
}
