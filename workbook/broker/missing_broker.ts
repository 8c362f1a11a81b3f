import type { Options } from "../options/program.ts";

/** Options that name a broker, or a user that it knows. */
const NAMES = ["host", "port", "url", "username"];

/** In milliseconds: what ends sooner is done, or has said by itself what is wrong. */
const PATIENCE = 500;

/**
 * Says what to do where a program waits for a broker on this machine and there is
 * none. The program itself says that it can't reach one; how to start the
 * workbook's, only the workbook can know.
 *
 * The variable `WORKBOOK_LOCAL_BROKER` is for tests: where to look.
 *
 * @param options The program's: nothing is said where they name a broker, or a user,
 *   whose password may be asked for, which nothing may interrupt.
 * @returns Ends the wait. It holds nothing up, should the program end before.
 */
export function tellMissingBroker(options?: Options): Disposable {
  const isNamed = NAMES.some((name) => options?.text(name) !== undefined);
  if (isNamed || Deno.env.get("MQTT_URL")) return { [Symbol.dispose]() {} };
  const timer = setTimeout(look, PATIENCE);
  Deno.unrefTimer(timer);
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}

async function look(): Promise<void> {
  const address = Deno.env.get("WORKBOOK_LOCAL_BROKER") ?? "localhost:1883";
  const { hostname, port } = new URL(`mqtt://${address}`);
  try {
    (await Deno.connect({ hostname, port: Number(port) })).close();
  } catch (error) {
    if (!(error instanceof Deno.errors.ConnectionRefused)) return;
    console.error(
      `No broker at ${address} yet: deno task broker, in another terminal, starts one`,
    );
  }
}
