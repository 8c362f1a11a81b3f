/**
 * A folder of programs that needs nothing of the workbook.
 *
 * @module
 */
import { configText, lockText, type Task } from "./configuration.ts";
import { BROKER, collectFiles, withoutFolders } from "./copied_files.ts";
import { type CopySource, nameOf, titleIn } from "./copy_source.ts";

/** What a folder without programs runs, once a student has written it. */
const FIRST_PROGRAM = {
  name: "main",
  run: "--allow-env --allow-net main.ts",
  description: "The program that you write",
};

/**
 * Makes the files of a folder with programs, the toolkit, `deno.json` and a page.
 *
 * @returns The texts, by their paths in the folder.
 */
export function newFolder(source: CopySource): Map<string, string> {
  const paths = [...source.programs.map(({ path }) => path), ...source.files];
  const own = collectFiles(paths);
  const needsBroker = own.texts.has("lib/mod.ts") &&
    !own.texts.has("broker.ts");
  const { texts, imports } = needsBroker
    ? collectFiles([...paths, BROKER])
    : own;
  const users = source.users ?? {};
  if (needsBroker && Object.keys(users).length > 0) {
    const list = Object.entries(users).map((user) =>
      user.map((word) => JSON.stringify(word)).join(": ")
    );
    const text = texts.get("broker.ts")!;
    texts.set(
      "broker.ts",
      text.replace("= {};", () => `= { ${list.join(", ")} };`),
    );
  }

  const programs = source.programs.map(({ path, run }) => {
    const words = withoutFolders(run);
    const name = nameOf(path);
    return { name, run: words, description: titleIn(texts.get(`${name}.ts`)!) };
  });
  if (programs.length === 0) programs.push(FIRST_PROGRAM);
  const tasks: Record<string, Task> = {};
  for (const { name, run, description } of programs) {
    tasks[name] = { description, command: commandOf(run, `${name}.ts`) };
  }
  if (needsBroker) {
    tasks.broker = {
      description: "A broker on this machine, for the programs here",
      command: "deno run --allow-env --allow-net broker.ts",
    };
  }
  const lock = lockText(texts.values(), imports);
  texts.set("deno.json", configText(tasks, imports));
  texts.set("deno.lock", lock);
  texts.set(
    "README.md",
    readmeText({
      title: source.title,
      programs,
      isEmpty: source.programs.length === 0,
      hasBroker: "broker" in tasks,
    }),
  );
  return texts;
}

/** The command without a program's arguments, which follow the task's name. */
function commandOf(run: string, file: string): string {
  const words = run.split(" ");
  return ["deno", "run", ...words.slice(0, words.indexOf(file) + 1)].join(" ");
}

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
function readmeText(options: ReadmeOptions): string {
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
