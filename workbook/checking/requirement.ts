/**
 * What an exercise asks for, as data: words for the student, and a check.
 *
 * @module
 */
import type { Finding } from "./finding.ts";
import type { Trial } from "./trial.ts";

/** One thing that an exercise asks for. */
export interface Requirement {
  /** A short name, unique in its exercise. */
  id: string;
  /** What is asked for, in a sentence. */
  words: string;
  /** Whether it goes beyond the document, and is scored apart. */
  extra?: boolean;
  /** Which of the three hints helps. */
  hint: 1 | 2 | 3;
  /** Whether the check presses Ctrl-C, which can't be done on Windows. */
  needsSignals?: boolean;
  /** Users and rules of the broker that it is checked on. */
  broker?: {
    users?: Record<string, string>;
  };
  /**
   * Tries the program.
   *
   * @throws {CheckFailure} If the program doesn't do what is asked for.
   */
  check: (trial: Trial) => Promise<void>;
}

/** An exercise, as `check.ts` in its folder exports it. */
export interface Exercise {
  /** Its folder's name, such as `03_chat`. */
  name: string;
  /** The programs that the student writes, without `.ts`. */
  programs: readonly string[];
  /** Permissions of Deno besides those that every program has. */
  permissions?: readonly string[];
  /** Whether its programs need no broker. */
  isOffline?: boolean;
  /** Whether its programs end by themselves, once they have done their work. */
  isOneShot?: boolean;
  /** How long its programs take on purpose to do what is waited for, in milliseconds. */
  pace?: number;
  /** What it asks for. */
  requirements: readonly Requirement[];
}

/** How a requirement came out. */
export interface Outcome {
  requirement: Requirement;
  /** `passed`, `failed`, or `skipped` where the system can't check it. */
  state: "passed" | "failed" | "skipped";
  /** What a student should read about it; empty if it passed. */
  report: string;
  /** What is wrong, as far as one can tell. */
  finding?: Finding | undefined;
  /** Whether it failed only because something didn't come in time. */
  isLate?: boolean;
}
