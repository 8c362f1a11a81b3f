/**
 * Tries a student's programs against what an exercise asks for.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { brokerAddress } from "../../lib/broker_url.ts";
import { printable, printableLines } from "../../lib/printable.ts";
import { CheckFailure, type Finding } from "./finding.ts";
import type { Exercise, Outcome, Requirement } from "./requirement.ts";
import { CONFINED_FLAGS, limited } from "./confinement.ts";
import { assertOwnImports } from "./imports.ts";
import { startRecordingBroker } from "./recording_broker.ts";
import { type Stage, stage } from "./stage.ts";
import { type Files, readStudentFiles, RefusedError } from "./student_files.ts";
import { StudentProgram } from "./student_program.ts";
import { type Launch, Trial } from "./trial.ts";
import { findTypeErrors } from "./type_errors.ts";

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
  /** The broker behind the relay; an embedded one of each check's own unless given. */
  broker?: string | undefined;
  /** How long each wait may take, in milliseconds; 8000 unless given. */
  deadline?: number;
  /**
   * The same until a program has given its first sign: `deadline` if that is
   * given, and 15,000 if neither is.
   */
  startDeadline?: number;
}

/** Longer than any answer takes, also on a busy machine. */
const DEADLINE = 8000;

/** The same for a program that starts. */
const START_DEADLINE = 15_000;

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
  const {
    deadline = DEADLINE,
    startDeadline = options.deadline ?? START_DEADLINE,
  } = options;
  const { files, flags } = options;
  await using staged = await stage(exercise.name, files, flags);
  await using trial = new Trial({
    seed: options.seed,
    broker: await startRecordingBroker({
      users: requirement.broker?.users,
      // The documents' own programs in Python don't log in.
      isOpen: options.command !== undefined,
      behind: options.broker,
    }),
    launch: launcher(exercise, staged, options),
    deadline,
    startDeadline,
    folder: staged.folder,
    nature: {
      isOffline: exercise.isOffline ?? false,
      isOneShot: exercise.isOneShot ?? false,
    },
  });
  try {
    await requirement.check(trial);
    return { requirement, state: "passed", report: "" };
  } catch (error) {
    if (!(error instanceof CheckFailure)) throw error;
    const report = describeFailure(exercise, requirement, error, options.seed);
    const finding = toFinding(requirement, error);
    const { isLate } = error;
    return { requirement, state: "failed", report, finding, isLate };
  }
}

/** What is wrong with the program; if nobody knows, with what was asked of it. */
function toFinding(
  { words }: Requirement,
  { expected, finding }: CheckFailure,
): Finding {
  if (finding !== undefined && !finding.isOfRequirement) return finding;
  const known = finding === undefined ? [] : [finding.words];
  return {
    words,
    quote: [...known, ...`Expected: ${expected}`.split("\n")],
    isOfRequirement: true,
  };
}

function describeFailure(
  { name }: Exercise,
  { words, hint }: Requirement,
  { expected, seen, finding }: CheckFailure,
  seed: number,
): string {
  // What programs print, and what they publish, is in it.
  return printableLines([
    words,
    "",
    `Expected: ${expected}`,
    `Seen: ${seen}`,
    ...finding === undefined
      ? []
      : ["", `It looks like this: ${printable(finding.words)}`],
    "",
    `Hint ${hint} may help: deno task hint ${name.slice(0, 2)} ${hint}`,
    `(seed ${seed})`,
  ].join("\n"));
}

/** How the student's programs are started, confined if they are for Deno. */
function launcher(
  { permissions = [] }: Exercise,
  { folder, flags }: Stage,
  { command, files, permissions: given }: ChecksOptions,
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
      name: program,
      source: new TextDecoder().decode(files[`${program}.ts`]),
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
 * @param flags Deno's flags for the project.
 * @throws {RefusedError} If they may not run.
 */
export async function ownFiles(
  exercise: Exercise,
  flags: readonly string[],
): Promise<Files> {
  try {
    const files = readStudentFiles(ownFolder(exercise));
    await assertOwnImports(exercise, files, flags);
    return files;
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    throw new RefusedError(`Not run: ${error.message}`);
  }
}

/**
 * Checks the types of the student's programs where they lie, so that Deno knows
 * next time what hasn't changed.
 *
 * @returns What is wrong, in the order of the programs; nothing if the check of
 *   the types itself fails, which says nothing about them.
 */
export async function ownTypeErrors(
  exercise: Exercise,
  files: Files,
  options: { flags: readonly string[]; signal: AbortSignal },
): Promise<Finding[]> {
  try {
    const folder = ownFolder(exercise);
    const found = await findTypeErrors(folder, { files, ...options });
    return [...found.values()].flat();
  } catch {
    options.signal.throwIfAborted();
    return [];
  }
}

function ownFolder({ name }: Exercise): string {
  const url = new URL(`../../exercises/${name}`, import.meta.url);
  return Deno.realPathSync(fileURLToPath(url));
}
