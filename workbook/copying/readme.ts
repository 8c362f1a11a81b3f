/** What the page of a new folder tells of. */
interface ReadmeOptions {
  title: string;
  /** The programs, and what follows `deno run` in the line that runs each. */
  programs: { name: string; run: string }[];
  /** Whether the program is still to be written. */
  isEmpty: boolean;
  /** Whether it has a program that runs a broker. */
  hasBroker: boolean;
  /** Whether modules of npm stand in for some of JSR. */
  hasStandIns: boolean;
}

/** With more programs than this, Deno's own list of them is shorter. */
const MOST_PROGRAMS = 5;

/** The text of a new folder's `README.md`. */
export function readmeText(options: ReadmeOptions): string {
  const { title, programs, isEmpty, hasBroker, hasStandIns } = options;
  const lines = programs.map(({ name, run }) => {
    const words = run.split(" ");
    const args = words.slice(words.indexOf(`${name}.ts`) + 1);
    return ["deno task", name, ...args].join(" ");
  });
  const commands = [
    ...hasBroker ? ["deno task broker   # unless you have a broker"] : [],
    ...lines.length > MOST_PROGRAMS
      ? [lines[0], "deno task          # lists the others"]
      : lines,
  ];
  return [
    `# ${title}`,
    "",
    ...isEmpty
      ? [
        "Write your program into `main.ts`, and begin with what you need of the",
        'toolkit: `import { brokerUrl, subscribe } from "./lib/mod.ts";`.',
        "",
      ]
      : [],
    "All it needs is [Deno](https://deno.com) (`npm install --global deno`), or",
    "Node.js with `npx -y deno@2 task` in place of `deno task`. The first run",
    "fetches packages from npm; after that, it needs no network. Each of these runs",
    "in a terminal of its own, until it is done or Ctrl-C ends it:",
    "",
    "```sh",
    ...commands,
    "```",
    "",
    ...hasBroker
      ? [
        "The programs use the broker at `localhost:1883`, unless the variable",
        "`MQTT_URL` names another.",
      ]
      : [],
    "`deno check` checks the types. What a program may do is in `deno.json`.",
    ...hasStandIns
      ? [
        "`lib/npm_std` stands in for packages of JSR, which some networks block:",
        "`deno add jsr:@std/csv` takes the real one.",
      ]
      : [],
    "",
  ].join("\n");
}
