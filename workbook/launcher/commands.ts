import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import config from "../../deno.json" with { type: "json" };
import { type Engine, ENGINES, findPrograms } from "../cluster/find_engine.ts";
import { BROWSER_OPENER } from "../dashboard/browser_opener.ts";
import { quickTests } from "./modules.ts";
import {
  type Lesson,
  listLessons,
  listPrograms,
  programFlags,
} from "../lessons/lessons.ts";
import { userFolder } from "../options/user_folder.ts";
import { draftOf } from "../report/page_draft.ts";

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
  /** Variables that it gets. */
  variables?: Record<string, string>;
  /** A variable that it gets with the path of an empty folder, which is removed after it. */
  folderVariable?: string;
  /** Whether it may wait for a broker of this machine, and can't say so itself. */
  needsBroker?: boolean;
}

/** What the user typed names something that there isn't. */
export class UnknownNameError extends Error {
  override readonly name = "UnknownNameError";
}

/** A task of deno.json. */
export interface Command {
  /** What it does, in a line. */
  description: string;
  /** The runs of Deno that it takes. */
  steps: (args: string[]) => Step[];
}

/** Permissions of a program, or what its arguments make of them. */
type Permissions = string[] | ((args: string[]) => string[]);

/**
 * What MQTT.js needs to load and talk: variables that it looks at
 * without a list of names, and the network.
 */
const MQTT = ["--allow-env", "--allow-net"];

const ALL_TESTS = [
  "README.md",
  "lib",
  "workbook",
  "lessons",
  "exercises",
  "checks",
  "testing",
  "bench",
];

/**
 * Test files that take long, and that Deno would find late: one of them would run
 * alone at the end. It runs what is named before what it finds in folders.
 */
const LONGEST_TESTS = [
  "testing/cluster/engine_table_test.ts",
  "workbook/commands/lesson_test.ts",
  "workbook/copying/copied_lessons_test.ts",
  "workbook/launcher/packages_test.ts",
  "workbook/launcher/plain_test_test.ts",
  "workbook/lessons/lesson_permissions_test.ts",
  "workbook/pictures/pictures_test.ts",
];

/** What checks need to start programs. They can't change the student's work. */
const CHECKS = [
  ...MQTT,
  "--allow-run",
  "--allow-read",
  // Programs run in temporary folders.
  "--allow-write",
  ...denied("--deny-write", "exercises"),
];

/** The programs in `commands/`, with all that each may do. */
const PROGRAMS: Readonly<Record<string, Permissions>> = {
  start: [...MQTT, "--allow-read", "--allow-write"],
  broker: (args) => [
    ...MQTT,
    "--allow-read",
    ...storePermission(args),
    // To say how other machines reach it.
    ...optionOf(args, "--host") ? ["--allow-sys=networkInterfaces"] : [],
  ],
  "broker:passwd": [
    "--allow-env=MQTT_PASSWORD",
    "--allow-read",
    "--allow-write",
  ],
  "broker:certificate": [
    "--allow-read",
    "--allow-write",
    "--allow-sys=hostname,networkInterfaces",
  ],
  cluster: clusterPermissions,
  sensors: [...MQTT, "--allow-read"],
  record: [...MQTT, "--allow-read", "--allow-write"],
  report: reportPermissions,
  pub: [...MQTT, "--allow-read"],
  sub: [...MQTT, "--allow-read"],
  dashboard: [
    ...MQTT,
    "--allow-read",
    scoped("--allow-write", ".workbook"),
    `--allow-run=${BROWSER_OPENER}`,
  ],
  lessons: [scoped("--allow-read", "lessons")],
  exercises: [scoped("--allow-read", ".")],
  check: CHECKS,
  watch: CHECKS,
  hint: [scoped("--allow-read", ".")],
  solution: [scoped("--allow-read", ".")],
  copy: copyPermissions,
  reset: [
    scoped("--allow-read", "."),
    scoped("--allow-write", ".workbook"),
    scoped("--allow-write", "exercises"),
  ],
  grade: CHECKS,
  "test:faults": [
    "--allow-env",
    "--allow-read",
    "--allow-run",
    "--allow-write",
  ],
  // The broker under test and the client beside load their own modules.
  "test:fuzz": [...MQTT, "--allow-run", scoped("--allow-read", ".")],
  "test:cluster": [
    ...MQTT,
    "--allow-read",
    "--allow-run",
    // Whether mosquitto would change to another user.
    "--allow-sys=uid",
    "--allow-write",
  ],
  "test:load": [
    "--allow-env=WORKBOOK_FLAGS",
    `--allow-run=sh,${Deno.execPath()}`,
    scoped("--allow-write", ".workbook"),
  ],
};

/** Commands that run Deno in another way. */
const OTHERS: Readonly<Record<string, Command["steps"]>> = {
  test: (args) => [testStep(args)],
  bench: (args) => [
    moduleStep("bench", "run", [
      ...MQTT,
      "--allow-read",
      "--allow-run",
      "--allow-sys",
      "--allow-write",
      "bench/main.ts",
      ...args,
    ]),
  ],
  "check-all": (args) => [
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
};

/** The commands, by the names of their tasks, which deno.json describes. */
export const COMMANDS: Readonly<Record<string, Command>> = Object.fromEntries(
  Object.entries(config.tasks).map(([name, { description }]) => [name, {
    description,
    steps: (args) => stepsOf(name, args),
  }]),
);

function stepsOf(name: string, args: string[]): Step[] {
  const permissions = PROGRAMS[name];
  if (permissions !== undefined) return [programStep(name, permissions, args)];
  const lesson = listLessons().find(({ number }) =>
    name === `lesson:${number}`
  );
  return lesson ? [lessonStep(lesson, args)] : OTHERS[name]!(args);
}

/** The commands as a list to read. */
export function describeCommands(): string {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length));
  const lines = Object.entries(COMMANDS).map(([name, { description }]) =>
    `  ${name.padEnd(width)}  ${description}`
  );
  return ["Usage: deno task COMMAND [ARGUMENTS]", "", ...lines].join("\n");
}

/** A program with these permissions and no others. */
function programStep(
  name: string,
  given: Permissions,
  args: string[],
): Step {
  const permissions = typeof given === "function" ? given(args) : given;
  const file = `../commands/${name.replace(":", "_")}.ts`;
  const module = new URL(file, import.meta.url).href;
  // To Deno, one for some paths restricts the same one for all.
  const widest = permissions.filter((permission) =>
    !permissions.some((other) => permission.startsWith(`${other}=`))
  );
  const flags = ["--no-prompt", ...widest];
  return {
    ...moduleStep(name, "run", [...flags, module, ...args]),
    runsInUserFolder: true,
  };
}

/** What a broker needs to write the folder of its store, if it has one. */
function storePermission(args: string[]): string[] {
  const folder = optionOf(args, "--store");
  return folder ? [pathPermission("--allow-write", folder)] : [];
}

/**
 * What a cluster needs: to start the programs of its engine, which write where they
 * like. To ask the one that runs takes less.
 */
function clusterPermissions(args: string[]): string[] {
  const engines = args.filter((arg): arg is Engine =>
    Object.hasOwn(ENGINES, arg)
  );
  const common = ["--allow-env", "--allow-net=127.0.0.1"];
  if (engines.length === 0) {
    return [...common, scoped("--allow-read", ".workbook")];
  }
  return [...common, ...enginePermissions(engines)];
}

/** What starts the programs of engines, which are anywhere. */
function enginePermissions(engines: Engine[]): string[] {
  const programs = engines.flatMap((engine) => findPrograms(engine));
  return [
    "--allow-read",
    "--allow-write",
    ...programs.map((file) => pathPermission("--allow-run", file)),
  ];
}

/** The value of an option, if it is given. */
function optionOf(args: string[], option: string): string | undefined {
  const index = args.findIndex((arg) =>
    arg === option || arg.startsWith(`${option}=`)
  );
  const arg = args[index];
  return arg === option ? args[index + 1] : arg?.slice(option.length + 1);
}

/** What a copy needs, which depends on the folder that it writes to. */
function copyPermissions(args: string[]): string[] {
  const folder = args.filter((arg) => !arg.startsWith("-"))[1];
  const places = folder
    ? [
      pathPermission("--allow-read", folder),
      pathPermission("--allow-write", folder),
    ]
    : [];
  if (!args.includes("--single")) {
    return [scoped("--allow-read", "."), ...places];
  }
  // The bundler reads its own code where Deno keeps packages, and Deno formats.
  return ["--allow-read", `--allow-run=${Deno.execPath()}`, ...places.slice(1)];
}

/** What a report needs: to read its recordings, and to write its page if it has one. */
function reportPermissions(args: string[]): string[] {
  const isValue = (index: number) =>
    ["-t", "--topic", "--html"].includes(args[index - 1] ?? "");
  const files = args.filter((arg, index) =>
    arg !== "" && !arg.startsWith("-") && !isValue(index)
  );
  const page = optionOf(args, "--html");
  const written = page ? [page, draftOf(page)] : [];
  return [
    ...filePermissions("--allow-read", [...files, ...written]),
    ...filePermissions("--allow-write", written),
  ];
}

/** Permissions for files of the user: of a link, Deno asks for where it leads, too. */
function filePermissions(flag: string, files: readonly string[]): string[] {
  return files.flatMap((file) => {
    const path = resolve(userFolder(), file);
    const target = realPathIfThere(path);
    return target === path ? [file] : [file, target];
  }).map((path) => pathPermission(flag, path));
}

function realPathIfThere(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch {
    return path; // The program says what is wrong with it.
  }
}

/** A permission for a folder of the project. */
function scoped(flag: string, folder: string): string {
  const path = fileURLToPath(new URL(`../../${folder}`, import.meta.url));
  return pathPermission(flag, path);
}

/** Denies a folder, unless that can't be said without denying all others. */
function denied(flag: string, folder: string): string[] {
  const permission = scoped(flag, folder);
  return permission === flag ? [] : [permission];
}

/** A permission for a path, which is seen from the folder that Deno runs in. */
function pathPermission(flag: string, path: string): string {
  // A comma would separate two paths, and Deno knows no way to write one.
  return path.includes(",") ? flag : `${flag}=${path}`;
}

/** Runs the program of a lesson that the arguments name, or all together. */
function lessonStep(lesson: Lesson, args: string[]): Step {
  const [name, ...rest] = args;
  if (name === undefined || name.startsWith("-")) {
    const permissions = [
      ...MQTT,
      ...lesson.programs.some(({ cluster }) => cluster)
        ? enginePermissions(["nats"])
        : [scoped("--allow-read", "lessons")],
      `--allow-run=${Deno.execPath()}`,
    ];
    return {
      ...programStep("lesson", permissions, args),
      variables: { WORKBOOK_LESSON: lesson.number },
    };
  }
  const names = listPrograms(lesson);
  if (!names.includes(name)) {
    throw new UnknownNameError(
      `Lesson ${lesson.number} has no program "${name}": it has ${
        names.join(", ")
      }`,
    );
  }
  const file = new URL(`${name}.ts`, lesson.folder);
  const ownArgs = rest.filter((arg) => arg !== "--trace");
  return {
    ...moduleStep(name, "run", [
      "--no-prompt",
      ...programFlags(file),
      file.href,
      ...ownArgs,
    ]),
    runsInUserFolder: true,
    needsBroker: Deno.readTextFileSync(file).includes("brokerUrl()"),
    ...ownArgs.length < rest.length && { variables: { MQTT_TRACE: "1" } },
  };
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

/**
 * Runs the tests in the files that the arguments name, one after the other. Where
 * they name none, all tests run side by side, most of which wait most of the time.
 */
function testStep(args: string[]): Step {
  const namesFiles = args.some((arg, index) =>
    !arg.startsWith("-") && args[index - 1] !== "--filter"
  );
  if (namesFiles) return testsStep(args);
  const jobs = Deno.env.get("DENO_JOBS") ??
    `${3 * navigator.hardwareConcurrency}`;
  const rest = args.filter((arg) => arg !== "--quick");
  const files = rest.length < args.length
    ? quickTests()
    : [...LONGEST_TESTS, ...ALL_TESTS];
  return {
    ...testsStep(["--parallel", ...rest, ...files]),
    variables: { DENO_JOBS: jobs },
    folderVariable: "WORKBOOK_PLACES",
  };
}

function testsStep(args: string[]): Step {
  return moduleStep("tests", "test", ["--allow-all", "--doc", ...args]);
}
