import type { RecordingError } from "../recording_error.ts";
import type { TimeFormat } from "./local_time.ts";

/** Options of {@linkcode CsvRecorder.open}. */
export interface CsvRecorderOptions {
  /**
   * How rows tell the time: `"local"`, unless given, as Python prints it, `2026-11-21
   * 09:30:00.123456`; or `"rfc3339"` with its offset, `2026-11-21T09:30:00.123456+09:00`,
   * which stays unambiguous in the night when summer time ends.
   */
  time?: TimeFormat;
  /**
   * Whose clock it is: the recorder's at the `"arrival"`, unless given; or the publisher's
   * in the `"payload"`, `{"time":"2026-11-21T00:30:00.123456Z","value":21.5}`. A payload
   * that is a number alone has the time of its arrival then, too.
   */
  timeFrom?: "arrival" | "payload";
  /**
   * Whether to leave out what is in the file already, among its latest 100,000 rows: the
   * same time, topic and value. For that the time must be the publisher's (`timeFrom:
   * "payload"`); a payload without one is never left out. False unless given.
   */
  deduplicate?: boolean;
  /**
   * What becomes of retained messages, which the broker sends at each subscription.
   * `"once"`, unless given, writes them, but not again after a reconnect, when a topic's is
   * the value that was last written for it (of the latest 10,000 topics). `"never"` leaves
   * them out. `"always"` is for `retainAsPublished`, where new messages have the flag, too.
   */
  retained?: "once" | "never" | "always";
  /**
   * Whether to write an apostrophe before a topic that a spreadsheet would take for a
   * formula (it begins with `=`, `+`, `-`, `@` and their kind); false unless given.
   */
  guardFormulas?: boolean;
  /**
   * Told what a user should know and no caller can be told: a file mended, payloads
   * ignored, readings lost. `console.error` unless given.
   */
  log?: (line: string) => void;
  /**
   * Called once, when the file can't be written any more: at QoS 0 nobody awaits a row.
   * Unless given, `log` is told.
   */
  onFailure?: (error: RecordingError) => void;
}
