import type { NodeProgram } from "./node_process.ts";

/** Where all that a cluster listens on is: this computer alone. */
export const LOOPBACK = "127.0.0.1";

/** The numbers of a cluster's nodes. */
export const NODE_NUMBERS = [1, 2, 3] as const;

/** What an engine is to be set up with. */
export interface Place {
  /** An empty folder, for the configuration and for what the nodes keep. */
  folder: string;
  /** The files of the engine's programs. */
  programs: readonly string[];
  /** The ports for MQTT, one a node. */
  ports: readonly number[];
  /** The user that may do everything. */
  username: string;
  password: string;
}

/** An engine with its configuration written. */
export interface EngineSetup {
  /** A program that all nodes need. */
  helper?: NodeProgram;
  /** The nodes' programs, in the order of their numbers. */
  nodes: readonly NodeProgram[];
  /** Whether each may be started only once those before are a cluster. */
  startsInTurn?: boolean;
  /** Whether a node has found the others; asked before MQTT is spoken. */
  hasJoined?: (number: number) => Promise<boolean>;
  /** Which node leads the others in keeping messages, as a running one of them says. */
  findLeader?: (number: number) => Promise<number | undefined>;
}
