/**
 * The way to D-Bus, the same in all programs of the lesson.
 *
 * @module
 */
import { createClient, type MessageBus } from "npm:dbus-native@0.16.1";
import { once } from "node:events";
import { exitWithError } from "../../lib/mod.ts";

export const NAME = "tw.rocksaying.Gate";
export const PATH = "/tw/rocksaying/Gate";
const ARGUMENTS = ["--system", "--replace"];
const SYSTEM_BUS = "unix:path=/run/dbus/system_bus_socket";

/**
 * Connects to the session's bus, or to the system's with `--system`. Where there
 * is none, it says so and ends the program.
 */
export async function connectToBus(): Promise<MessageBus> {
  const unknown = Deno.args.find((argument) => !ARGUMENTS.includes(argument));
  if (unknown !== undefined) {
    const message = `Argument is "${unknown}", expected --system or --replace`;
    exitWithError(new TypeError(message));
  }
  try {
    return await open();
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) exitWithError(error);
    // Nothing is broken: many machines have no D-Bus. So the exit code is 0.
    console.error(`There is no D-Bus here: ${(error as Error).message}`);
    Deno.exit(0);
  }
}

async function open(): Promise<MessageBus> {
  const busAddress = Deno.args.includes("--system")
    ? Deno.env.get("DBUS_SYSTEM_BUS_ADDRESS") || SYSTEM_BUS
    : Deno.env.get("DBUS_SESSION_BUS_ADDRESS");
  if (!busAddress) throw new Error("DBUS_SESSION_BUS_ADDRESS is not set");
  // EXTERNAL: the bus asks the system which user is at the socket's other end.
  const bus = createClient({ busAddress, authMethods: ["EXTERNAL"] });
  const closed = once(bus.connection, "close");
  await Promise.race([
    once(bus.connection, "connect"),
    closed.then(() => Promise.reject(new Error("the bus hung up"))),
  ]);
  return bus;
}
