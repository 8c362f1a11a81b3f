/**
 * The embedded broker, as tests start it.
 *
 * @module
 */
import {
  type Broker,
  type BrokerOptions,
  startBroker,
} from "../../lib/broker.ts";
import { logged } from "../logged.ts";

/** A broker, and what it has logged so far. */
export interface TestBroker extends Broker {
  readonly lines: string[];
}

/** Starts a broker on a free port of loopback, unless told otherwise. */
export async function openBroker(
  options: BrokerOptions = {},
): Promise<TestBroker> {
  const { lines, log } = logged();
  const broker = await startBroker({ port: 0, log, ...options });
  return { ...broker, lines };
}
