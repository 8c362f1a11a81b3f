/** One run of Deno. */
export interface Step {
  /** What a message about its failure calls it. */
  name: string;
  /** Deno's subcommand, such as `run`. */
  subcommand: string;
  /** What comes after the subcommand. */
  args: string[];
  /** Whether it loads modules, and so must know where `@std` comes from. */
  loadsModules: boolean;
  /** Whether file names among its arguments are seen from the user's folder. */
  runsInUserFolder: boolean;
}

/** A task of deno.json. */
export interface Command {
  /** What it does, in a line. */
  description: string;
  /** The runs of Deno that it takes. */
  steps: (args: string[]) => Step[];
}

/**
 * What MQTT.js and aedes need to load and talk: variables that they look at
 * without a list of names, and the network.
 */
const MQTT_PERMISSIONS = ["--allow-env", "--allow-net"];

/** The commands, by the name of their task. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  start: {
    description: "Record four virtual sensors to sensorvalues.csv",
    steps: program("start", ["--allow-read", "--allow-write"]),
  },
  broker: {
    description: "Run a broker for other terminals and other machines",
    steps: program("broker", ["--allow-read"]),
  },
  sensors: {
    description: "Publish the readings of four virtual sensors",
    steps: program("sensors", []),
  },
  record: {
    description: "Record readings from a broker to a CSV file",
    steps: program("record", ["--allow-read", "--allow-write"]),
  },
  pub: {
    description: "Publish messages, with mosquitto_pub's flags",
    steps: program("pub", ["--allow-read"]),
  },
  sub: {
    description: "Print the messages of a topic, with mosquitto_sub's flags",
    steps: program("sub", ["--allow-read"]),
  },
  test: {
    description: "Run all tests, or those of the files that you name",
    steps: (args) => [testStep(args)],
  },
  bench: {
    description: "Measure the toolkit against other MQTT clients",
    steps: (args) => [
      moduleStep("bench", "run", ["--allow-all", "bench/main.ts", ...args]),
    ],
  },
  "check-all": {
    description:
      "Check the format, the code, the types, the docs and the tests",
    steps: (args) => [
      { ...moduleStep("format", "fmt", ["--check"]), loadsModules: false },
      { ...moduleStep("lint", "lint", []), loadsModules: false },
      moduleStep("types", "check", ["--quiet"]),
      // Quiet, because Deno warns of files that a package of types refers to.
      moduleStep("docs", "doc", [
        "--quiet",
        "--lint",
        "lib/mod.ts",
        "lib/csv.ts",
      ]),
      ...args.includes("--no-tests") ? [] : [testStep(args)],
    ],
  },
};

/** The commands as a list to read. */
export function describeCommands(): string {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length));
  const lines = Object.entries(COMMANDS).map(([name, { description }]) =>
    `  ${name.padEnd(width)}  ${description}`
  );
  return ["Usage: deno task COMMAND [ARGUMENTS]", "", ...lines].join("\n");
}

function program(
  name: string,
  permissions: string[],
): (args: string[]) => Step[] {
  const module = new URL(`commands/${name}.ts`, import.meta.url).href;
  const flags = ["--no-prompt", ...MQTT_PERMISSIONS, ...permissions];
  return (args) => [{
    ...moduleStep(name, "run", [...flags, module, ...args]),
    runsInUserFolder: true,
  }];
}

function moduleStep(name: string, subcommand: string, args: string[]): Step {
  return {
    name,
    subcommand,
    args,
    loadsModules: true,
    runsInUserFolder: false,
  };
}

/** Files among the arguments replace the folders that hold all tests. */
function testStep(args: string[]): Step {
  const namesFiles = args.some((arg, index) =>
    !arg.startsWith("-") && args[index - 1] !== "--filter"
  );
  const files = namesFiles ? [] : ["README.md", "lib", "workbook", "bench"];
  return moduleStep("tests", "test", [
    "--allow-all",
    "--doc",
    ...args,
    ...files,
  ]);
}
