import {
  type Contestant,
  type Measurement,
  type Sample,
  TOOLKIT,
} from "../_measurement.ts";
import { denoProgram, type Job, pythonProgram } from "../_programs.ts";
import { blast } from "./_blast.ts";

/** Receiving from a socket and appending each reading to a CSV file. */
export function recordMeasurements(scale: number): Measurement[] {
  const many = 1_500_000 * scale;
  return [{
    name: "record",
    title: "record to a CSV file, from a socket",
    unit: "rows/s",
    contestants: [
      contestant(TOOLKIT, { messages: many, program: toolkit }),
      {
        name: ONLY_RECEIVING,
        needs: [],
        run: () => blast(many, (port) => receive({ port, messages: many })),
      },
      {
        ...contestant("paho", { messages: 80_000 * scale, program: paho }),
        needs: ["paho"],
      },
    ],
    goals: [
      { peer: "paho", least: 8 },
      { peer: ONLY_RECEIVING, least: 0.75 },
    ],
  }];
}

/** The toolkit without the recorder: what is missing to it is the rows' cost. */
const ONLY_RECEIVING = "toolkit, only receiving";

const receive = (job: Job) => denoProgram("toolkit_receive.ts", job);
const toolkit = (job: Job) => denoProgram("toolkit_record.ts", job);
const paho = (job: Job) => pythonProgram("paho_record.py", job);

function contestant(
  name: string,
  { messages, program }: { messages: number; program: (job: Job) => string[] },
): Contestant {
  return {
    name,
    needs: [],
    async run(): Promise<Sample> {
      const file = await Deno.makeTempFile({ prefix: "bench_" });
      try {
        const sample = await blast(
          messages,
          (port) => program({ port, messages, file }),
        );
        // The clock has stopped at the DISCONNECT, when all had to be there.
        return { ...sample, lost: messages - await countLines(file) };
      } finally {
        await Deno.remove(file);
      }
    },
  };
}

const NEWLINE = 10;

async function countLines(path: string): Promise<number> {
  using file = await Deno.open(path);
  let lines = 0;
  for await (const chunk of file.readable) {
    for (const byte of chunk) if (byte === NEWLINE) lines++;
  }
  return lines;
}
