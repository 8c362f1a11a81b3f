/**
 * Tries a student's programs against what an exercise asks for.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { brokerAddress } from "../../lib/broker_url.ts";
import { printableLines } from "../../lib/printable.ts";
import { CheckFailure } from "./check_failure.ts";
import type { Exercise, Outcome, Requirement } from "./requirement.ts";
import { CONFINED_FLAGS, limited } from "./confinement.ts";
import { assertOwnImports } from "./imports.ts";
import { startRecordingBroker } from "./recording_broker.ts";
import { stage } from "./stage.ts";
import { type Files, readStudentFiles, RefusedError } from "./student_files.ts";
import { StudentProgram } from "./student_program.ts";
import { type Launch, Trial } from "./trial.ts";

/** What is checked, and how. */
export interface ChecksOptions {
  /** The student's files, by the names that they have in the exercise. */
  files: Files;
  /**
   * The command that starts a program in another language; `{program}` in it
   * stands for the program's name. TypeScript on Deno unless given.
   */
  command?: readonly string[] | undefined;
  /**
   * The permissions of each program on Deno; what every student's program may
   * do, and those of the exercise, unless given.
   */
  permissions?: (program: string) => string[];
  /** What chance begins with. */
  seed: number;
  /** Deno's flags for the project, such as `--import-map`. */
  flags: readonly string[];
  /** How long each wait may take, in milliseconds; 15,000 unless given. */
  deadline?: number;
  /** The same until a program has given its first sign; `deadline` unless given. */
  startDeadline?: number;
}

/** Longer than any answer takes, also on a busy machine. */
const DEADLINE = 15_000;

/** Variables of this process without which programs don't start. */
const SYSTEM_VARIABLES = [
  "PATH",
  "HOME",
  "DENO_DIR",
  "NPM_CONFIG_REGISTRY",
  "XDG_CACHE_HOME",
  "LANG",
  // Windows
  "LOCALAPPDATA",
  "USERPROFILE",
  "SystemRoot",
  "TEMP",
];

/**
 * Checks one requirement.
 *
 * @param exercise The exercise.
 * @param requirement One of its requirements.
 * @param options The student's folder, and more.
 * @returns How it came out.
 */
export async function checkRequirement(
  exercise: Exercise,
  requirement: Requirement,
  options: ChecksOptions,
): Promise<Outcome> {
  if (requirement.needsSignals && Deno.build.os === "windows") {
    const report = "On Windows no program can press Ctrl-C: try it by hand";
    return { requirement, state: "skipped", report };
  }
  const { deadline = DEADLINE, startDeadline = deadline } = options;
  await using staged = await stage(exercise.name, options.files);
  await using trial = new Trial({
    seed: options.seed,
    broker: await startRecordingBroker({
      users: requirement.broker?.users,
      // The documents' own programs in Python don't log in.
      isOpen: options.command !== undefined,
    }),
    launch: launcher(exercise, staged.folder, options),
    deadline,
    startDeadline,
    folder: staged.folder,
    isOffline: exercise.isOffline ?? false,
  });
  try {
    await requirement.check(trial);
    return { requirement, state: "passed", report: "" };
  } catch (error) {
    if (!(error instanceof CheckFailure)) throw error;
    const report = describeFailure(exercise, requirement, error, options.seed);
    return { requirement, state: "failed", report };
  }
}

function describeFailure(
  { name }: Exercise,
  { words, hint }: Requirement,
  { expected, seen, mistake }: CheckFailure,
  seed: number,
): string {
  // What programs print, and what they publish, is in it.
  return printableLines([
    words,
    "",
    `Expected: ${expected}`,
    `Seen: ${seen}`,
    ...mistake === undefined ? [] : ["", `It looks like this: ${mistake}`],
    "",
    `Hint ${hint} may help: deno task hint ${name.slice(0, 2)}`,
    `(seed ${seed})`,
  ].join("\n"));
}

/** How the student's programs are started, confined if they are for Deno. */
function launcher(
  { permissions = [] }: Exercise,
  folder: string,
  { command, flags, permissions: given }: ChecksOptions,
): Launch {
  return (program, { url, variables, network, args }) => {
    const { hostname, port, username, password } = brokerAddress(url);
    const all = {
      ...systemVariables(),
      NO_COLOR: "1",
      // Python would keep what it prints to a pipe, in the system's encoding.
      PYTHONUNBUFFERED: "1",
      PYTHONUTF8: "1",
      MQTT_URL: url,
      MQTT_HOST: hostname,
      MQTT_PORT: `${port}`,
      ...username && {
        MQTT_USER: username,
        MQTT_PASSWORD: password ?? "",
      },
      ...variables,
    };
    const own = command?.map((word) => word.replaceAll("{program}", program));
    const words = own ?? limited([
      Deno.execPath(),
      "run",
      ...flags,
      ...CONFINED_FLAGS,
      ...given?.(program) ?? [
        "--allow-env",
        `--allow-net=${[`${hostname}:${port}`, ...network].join(",")}`,
        // Its folder, whose path may have a comma.
        "--allow-read=.",
        ...permissions,
      ],
      `${folder}/${program}.ts`,
    ]);
    return new StudentProgram({
      command: [...words, ...args],
      folder,
      variables: all,
    });
  };
}

function systemVariables(): Record<string, string> {
  return Object.fromEntries(
    SYSTEM_VARIABLES
      .map((name) => [name, Deno.env.get(name)] as const)
      .filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/**
 * Reads the student's programs of an exercise, and their modules beside them.
 *
 * @param exercise The exercise.
 * @param flags Deno's flags for the project.
 * @throws {RefusedError} If they may not run.
 */
export async function ownFiles(
  exercise: Exercise,
  flags: readonly string[],
): Promise<Files> {
  const folder = fileURLToPath(
    new URL(`../../exercises/${exercise.name}`, import.meta.url),
  );
  try {
    const files = readStudentFiles(Deno.realPathSync(folder));
    await assertOwnImports(exercise, files, flags);
    return files;
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    throw new RefusedError(`Not run: ${error.message}`);
  }
}
