/** In milliseconds: what ends sooner is done, or has said by itself what is wrong. */
const PATIENCE = 500;

/**
 * Says what to do where a program waits for a broker on this machine and there is
 * none. The program itself says that it can't reach one; how to start the
 * workbook's, only the workbook can know.
 *
 * The variable `WORKBOOK_LOCAL_BROKER` is for tests: where to look.
 *
 * @param ended Settles when the program has ended.
 */
export async function tellMissingBroker(
  ended: Promise<unknown>,
): Promise<void> {
  if (Deno.env.get("MQTT_URL")) return;
  const { promise, resolve } = Promise.withResolvers<"goes on">();
  const timer = setTimeout(() => resolve("goes on"), PATIENCE);
  const outcome = await Promise.race([promise, ended]);
  clearTimeout(timer);
  if (outcome !== "goes on") return;
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
