import type { Peer } from "../testing/peers.ts";

/** What a figure counts. Of times less is better, of the rest more. */
export type Unit = "messages/s" | "rows/s" | "ms" | "µs";

/** The contestant that the others are compared with. */
export const TOOLKIT = "toolkit";

/** What came out of one run. */
export interface Sample {
  /** The figure, in the measurement's unit. */
  value: number;
  /** How many messages were sent, and had to arrive. */
  messages: number;
  /** How many of them didn't arrive. */
  lost?: number;
}

/** A program that takes part in a measurement. */
export interface Contestant {
  /** Who it is, as the table says it. */
  name: string;
  /** What must be installed for it. */
  needs: readonly Peer[];
  /** Runs it once, in processes of its own that have ended afterwards. */
  run: () => Promise<Sample>;
}

/** What the toolkit has to reach compared with a peer. */
export type Goal =
  & {
    /** The contestant that the toolkit is compared with. */
    peer: string;
  }
  & ({
    /** The ratio that it must reach. */
    least: number;
    /** The ratio that it should reach. */
    aim?: number;
  } | {
    /** The ratio that it must not exceed. */
    most: number;
  });

/** Something that is measured, and who takes part. */
export interface Measurement {
  /** Its name for `--only`, such as `publish/qos1/window16`. */
  name: string;
  /** What is measured, in a line. */
  title: string;
  unit: Unit;
  /** The toolkit first, then its peers. */
  contestants: readonly Contestant[];
  goals?: readonly Goal[];
}
