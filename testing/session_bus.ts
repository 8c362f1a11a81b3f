/**
 * A bus of a test's own, for programs that speak D-Bus.
 *
 * @module
 */
import { startProcess } from "./processes.ts";

/** A bus. */
export interface Bus extends AsyncDisposable {
  /** Variables with which programs find it. */
  variables: Record<string, string>;
  /** Ends it. */
  stop(): Promise<unknown>;
}

/** Starts a session bus, which ends as a session does: with its shell. */
export async function startSessionBus(dbus_run_session: string): Promise<Bus> {
  const script = 'echo "$DBUS_SESSION_BUS_ADDRESS" && exec cat';
  const session = startProcess(dbus_run_session, ["--", "sh", "-c", script]);
  await session.untilPrinted("\n");
  return {
    variables: { DBUS_SESSION_BUS_ADDRESS: session.printed().trim() },
    stop: () => session.end(),
    async [Symbol.asyncDispose]() {
      await session.end();
    },
  };
}
