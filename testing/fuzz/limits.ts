import type { BrokerLimits } from "../../lib/mod.ts";

/**
 * The limits of the broker under test. What clients may leave behind is little,
 * so that memory that grows is memory that leaks.
 */
export const LIMITS: BrokerLimits = {
  maxPacketSize: 100_000,
  maxQueuedMessages: 100,
  maxQueuedBytes: 100_000,
  maxSessions: 20,
  maxRetainedMessages: 100,
  maxRetainedBytes: 500_000,
  connectTimeout: 5,
};
