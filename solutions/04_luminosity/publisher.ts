/**
 * Solution of exercise 04, publisher: the luminosity here, each period.
 *
 * Run: deno run --allow-env --allow-net --allow-sys=hostname solutions/04_luminosity/publisher.ts
 */
import {
  brokerUrl,
  type Client,
  connect,
  exitWithError,
  LightSensor,
  StopSignal,
} from "../../lib/mod.ts";

const topic = `/ex4/${Deno.hostname()}`;
const period = Number(Deno.env.get("PERIOD") ?? 10); // Seconds

async function publishLight(client: Client, light: LightSensor): Promise<void> {
  // While there is no connection, say nothing: nobody needs an old value later.
  if (!client.connected) return;
  try {
    const luminosity = await light.read();
    client.publish(topic, String(Math.round(luminosity)));
  } catch (error) {
    // A sensor may fail once. The next value is due soon.
    console.error(String(error));
  }
}

using stop = new StopSignal();
try {
  if (!(period > 0)) {
    throw new RangeError(`PERIOD is ${period}: it must be seconds above 0`);
  }
  await using light = await LightSensor.open();
  await using client = await connect(brokerUrl(), {
    timeout: Infinity, // A device waits for its broker.
    signal: stop.signal,
  });
  const timer = setInterval(publishLight, period * 1000, client, light);
  await Promise.race([stop.requested, client.refused]);
  clearInterval(timer);
} catch (error) {
  exitWithError(error);
}
