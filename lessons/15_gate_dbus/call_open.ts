/**
 * @title Open the gate over D-Bus
 * @difficulty intermediate
 * @tags D-Bus, method call, signal
 * @run deno run --allow-env --allow-net --allow-read=/run,/tmp --allow-write=/run,/tmp --allow-sys=uid lessons/15_gate_dbus/call_open.ts
 *
 * The other side: it knows D-Bus and nothing of MQTT. It calls Open(), and
 * prints what the gate signals until the gate is open.
 */
import { once } from "node:events";
import { exitWithError, printable, StopSignal } from "../../lib/mod.ts";
import { connectToBus, NAME, PATH } from "./_bus.ts";

const SECONDS = 10;

using stop = new StopSignal();
try {
  await using bus = await connectToBus();

  // Ask the object what it can do. From its answer, the library makes methods.
  const gate = await bus.proxy(NAME, PATH);

  // Listen before the call, so that no signal comes too early.
  const opened = Promise.withResolvers<void>();
  await gate.$watch("StatusChanged", (status: string) => {
    console.log(printable(status));
    if (status === "opened") opened.resolve();
  });

  // Open() says only that the gate has understood. Wait for the signal, but not
  // for ever.
  await gate.Open();
  const gone = once(bus.connection, "close")
    .then(() => Promise.reject(new Error("D-Bus is gone")));
  const timer = setTimeout(() => {
    opened.reject(new Error(`Gate did not open within ${SECONDS} seconds`));
  }, SECONDS * 1000);
  await Promise.race([opened.promise, gone, stop.requested])
    .finally(() => clearTimeout(timer));
} catch (error) {
  exitWithError(error);
}
