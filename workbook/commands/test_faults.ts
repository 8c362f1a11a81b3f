/**
 * Puts the toolkit through faults of network, brokers and programs, and proves
 * that it loses nothing.
 *
 * @module
 */
import process from "node:process";
import { fileURLToPath } from "node:url";
import { findPeer } from "../../testing/peers.ts";
import { type Protocol, PROTOCOLS } from "../../testing/clients/clients.ts";
import { type Options, runProgram, UsageError } from "../options/program.ts";
import { copyWithout, SAFEGUARDS } from "../../testing/faults/safeguards.ts";
import {
  LAST_LINE,
  programFlags,
  type SoakOptions,
} from "../../testing/faults/settings.ts";

const HELP = `
Publishes, subscribes and records while connections are cut, reset, stalled,
delayed, throttled, split and reordered, others come with a client's id, brokers
restart, forget, grant less than they are asked for, and end the connection at
a message that is too large, handlers fail and processes are killed. Proves at the
end that nothing was lost, duplicated at QoS 2, left pending or left open, and that
each attempt to connect again had its pause: if it isn't so, the exit status is 1.

Usage: deno task test:faults [--seed N] [--minutes M] [--broker NAME]
                             [--protocol N] [--without NAME] [--verbose]

  --seed N        what befalls whom, and when (1)
  --minutes M     how long (1)
  --broker NAME   mosquitto or embedded (mosquitto, where it is installed)
  --protocol N    what all speak: 4, which is MQTT 3.1.1, or 5 (4)
  --without NAME  take this out of a copy of the toolkit, to see it fail:
                  ${Object.keys(SAFEGUARDS).join(", ")}
  --verbose       print what the clients log
`;

/** How long a program may take to end once all is closed, in milliseconds. */
const LONGEST_END = 10_000;

export const program = await runProgram({
  help: HELP,
  names: {
    string: ["seed", "minutes", "broker", "protocol", "without"],
    boolean: ["verbose"],
  },
  main,
}, import.meta.main);

async function main(options: Options): Promise<number> {
  const soak: SoakOptions = {
    seed: options.number("seed", { least: 0, most: 2 ** 32 - 1 }) ?? 1,
    minutes: options.number("minutes", { least: 0.01, whole: false }) ?? 1,
    broker: readBroker(options.text("broker")),
    protocol: readProtocol(options),
    isVerbose: options.has("verbose"),
  };
  const safeguard = options.text("without");
  if (safeguard !== undefined && !Object.hasOwn(SAFEGUARDS, safeguard)) {
    const known = Object.keys(SAFEGUARDS).join(", ");
    throw new UsageError(
      `Option --without is "${safeguard}": it must be one of ${known}`,
    );
  }
  const without = safeguard === undefined ? "" : `, without ${safeguard}`;
  console.log(
    `Seed ${soak.seed}, ${soak.minutes} minutes, ${soak.broker} broker, ` +
      `${new Map(PROTOCOLS).get(soak.protocol)}${without}`,
  );
  if (safeguard === undefined) {
    return await run(soak, new URL("../..", import.meta.url).href);
  }
  const copy = await Deno.makeTempDir({ prefix: "mqtt_without_" });
  try {
    await copyWithout(safeguard, copy);
    return await run(soak, `file://${copy}/`);
  } finally {
    await Deno.remove(copy, { recursive: true });
  }
}

function readBroker(name: string | undefined): SoakOptions["broker"] {
  const isThere = findPeer("mosquitto") !== undefined;
  if (name === undefined) return isThere ? "mosquitto" : "embedded";
  if (name === "embedded") return name;
  if (name !== "mosquitto") {
    throw new UsageError(
      `Option --broker is "${name}": it must be mosquitto or embedded`,
    );
  }
  if (!isThere) throw new UsageError("Broker mosquitto is not installed");
  return name;
}

function readProtocol(options: Options): Protocol {
  return (options.number("protocol", { least: 4, most: 5 }) ?? 4) as Protocol;
}

/** Runs the soak of a copy of the project in a process of its own. */
async function run(soak: SoakOptions, project: string): Promise<number> {
  const program = new URL("testing/faults/soak.ts", project);
  const permissions = ["env", "net", "read", "run", "sys=uid", "write"]
    .map((permission) => `--allow-${permission}`);
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      ...programFlags(),
      ...permissions,
      fileURLToPath(program),
      JSON.stringify(soak),
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let isStuck = false;
  let printed = "";
  let timer: ReturnType<typeof setTimeout> | undefined;
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    process.stdout.write(text);
    printed += text;
    if (timer !== undefined || !printed.includes(LAST_LINE)) continue;
    // What is left open, such as a timer, keeps a program from ending.
    timer = setTimeout(() => {
      isStuck = true;
      child.kill("SIGKILL");
    }, LONGEST_END);
  }
  const { code } = await child.status;
  clearTimeout(timer);
  if (isStuck) console.log("Leaked: something keeps the program from ending");
  const holds = code === 0 && !isStuck;
  console.log(holds ? "It holds" : "It does not hold");
  return holds ? 0 : 1;
}
