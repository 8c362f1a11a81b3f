/** What the page of a new folder tells of. */
interface ReadmeOptions {
  title: string;
  /** The programs, and what follows `deno run` in the line that runs each. */
  programs: { name: string; run: string }[];
  /** Whether the program is still to be written. */
  isEmpty: boolean;
  /** Whether it has a program that runs a broker. */
  hasBroker: boolean;
}

/** With more programs than this, Deno's own list of them is shorter. */
const MOST_PROGRAMS = 5;

/** The text of a new folder's `README.md`. */
export function readmeText(options: ReadmeOptions): string {
  const { title, programs, isEmpty, hasBroker } = options;
  const lines = programs.map(({ name, run }) => {
    const words = run.split(" ");
    const args = words.slice(words.indexOf(`${name}.ts`) + 1);
    return ["deno task", name, ...args].join(" ");
  });
  const commands = [
    ...hasBroker ? ["deno task broker   # in a terminal of its own"] : [],
    ...lines.length > MOST_PROGRAMS
      ? [lines[0], "deno task          # lists the others"]
      : lines,
  ];
  return [
    `# ${title}`,
    "",
    ...isEmpty
      ? [
        "Write your program into `main.ts`, and begin with what you need of the toolkit:",
        '`import { brokerUrl, subscribe } from "./lib/mod.ts";`.',
        "",
      ]
      : [],
    "You need [Deno](https://deno.com), or Node.js with `npx -y deno@2 task` in place",
    "of `deno task`, and npm for the first run. `deno check` checks the types.",
    ...hasBroker
      ? ["`MQTT_URL` names another broker than the one at `localhost:1883`."]
      : [],
    "",
    "```sh",
    ...commands,
    "```",
    "",
  ].join("\n");
}
