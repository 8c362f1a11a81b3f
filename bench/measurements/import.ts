import { startChild } from "../_children.ts";
import { type Contestant, type Measurement, TOOLKIT } from "../_measurement.ts";
import { FOLDER } from "../_programs.ts";
import { median } from "../_statistics.ts";

/** How often a program starts in a run: one start is so short that it says little. */
const STARTS = 10;

/** How lessons are run: with a lock file, Deno would find the packages sooner. */
const RUN = [
  Deno.execPath(),
  "run",
  "--quiet",
  "--allow-env",
  "--allow-net",
];

/** From the start of a program that only imports a library to its end. */
export function importMeasurements(scale: number): Measurement[] {
  const starts = Math.ceil(STARTS * scale);
  return [{
    name: "import",
    title: "import a library and exit, all cached",
    unit: "ms",
    contestants: [
      contestant(TOOLKIT, { program: "toolkit_import.ts", starts }),
      contestant("MQTT.js", { program: "mqttjs_import.ts", starts }),
    ],
    goals: [{ peer: "MQTT.js", most: 1.25 }],
  }];
}

function contestant(
  name: string,
  { program, starts }: { program: string; starts: number },
): Contestant {
  let isCached = false;
  return {
    name,
    needs: [],
    async run() {
      if (!isCached) await start(program);
      isCached = true;
      const milliseconds = [];
      for (let index = 0; index < starts; index++) {
        milliseconds.push(await start(program));
      }
      return { value: median(milliseconds), messages: 0 };
    },
  };
}

async function start(program: string): Promise<number> {
  const start = performance.now();
  await using child = startChild([...RUN, `bench/peers/${program}`], {
    quiet: true,
    folder: FOLDER,
  });
  await child.finished();
  return performance.now() - start;
}
