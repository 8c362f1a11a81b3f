/**
 * Publishes, receives and records while connections, brokers and handlers fail,
 * and proves at the end that nothing is lost. It ends by itself if nothing is left
 * behind: the program that starts it looks at that.
 *
 * @module
 */
import { printable } from "../../lib/printable.ts";
import { Random } from "../../workbook/checking/random.ts";
import { startEmbeddedBroker, startMosquittoBroker } from "./brokers.ts";
import { findOpen } from "./leaks.ts";
import { MessageLog } from "./message_log.ts";
import { FaultCounts } from "./network.ts";
import { Run } from "./run.ts";
import { LAST_LINE, type SoakOptions } from "./settings.ts";

/** How long what is closed may take to be gone, in milliseconds. */
const CLOSING_MILLISECONDS = 5000;

const options: SoakOptions = JSON.parse(Deno.args[0]!);
const findings = await soak(options);
for (const finding of findings) console.log(printable(finding));
if (findings.length > 0) Deno.exitCode = 1;
console.log(LAST_LINE);

/** Runs a soak, prints its numbers, and returns what must not be. */
async function soak(
  { broker: name, isVerbose, minutes, protocol, seed }: SoakOptions,
): Promise<string[]> {
  const folder = await Deno.makeTempDir({ prefix: "mqtt_faults_" });
  const messageLog = new MessageLog();
  const faults = new FaultCounts();
  {
    await using broker =
      await (name === "mosquitto"
        ? startMosquittoBroker()
        : startEmbeddedBroker());
    const log = isVerbose ? console.error : () => {};
    const random = new Random(seed);
    await using run = await Run.start(
      { broker, protocol, messageLog, faults, random, folder, log },
    );
    await run.causeFaults(minutes * 60);
    await run.finish();
  }
  const open = await findOpen(folder, CLOSING_MILLISECONDS);
  await Deno.remove(folder, { recursive: true });
  const counts = messageLog.counts();
  console.log(
    `Messages: ${counts.published} published (${counts.atQos2} at QoS 2): ` +
      `${counts.confirmed} confirmed, ${counts.unsure} unsure, ` +
      `${counts.failed} not published; ${counts.handled} handled, ` +
      `${counts.duplicatesAtQos1} of them duplicates at QoS 1`,
  );
  console.log(`Faults: ${faults}`);
  return [...messageLog.findings(), ...open];
}
