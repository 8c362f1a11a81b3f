import { parseArgs } from "node:util";
import { exitWithError } from "../../lib/describe_error.ts";

/** What the user typed can't be carried out: one line, exit status 2. */
export class UsageError extends RangeError {
  override readonly name = "UsageError";
}

/** The options that a program takes, named without their dashes. */
export interface OptionNames {
  /** Options with a value. */
  string?: readonly string[];
  /** Options with a value that may be given several times. */
  collect?: readonly string[];
  /**
   * Options with several values in a row, which may be given several times: each
   * with what says whether the values are all there.
   */
  rows?: Readonly<Record<string, (values: readonly string[]) => boolean>>;
  /** Switches. */
  boolean?: readonly string[];
  /** Short names: `{ t: "topic" }`. */
  alias?: Readonly<Record<string, string>>;
  /** How many arguments besides options it takes at most, none unless given. */
  positional?: number;
}

/** The options that were given. */
export interface Options {
  /** The value of an option, if it was given. */
  text(name: string): string | undefined;
  /** All values of an option that may be given several times. */
  texts(name: string): string[];
  /** The values of an option that has several in a row, each time it was given. */
  rows(name: string): string[][];
  /** The number of an option, if it was given, checked against its range. */
  number(name: string, range: NumberRange): number | undefined;
  /** Whether a switch was given. */
  has(name: string): boolean;
  /** The arguments besides options. */
  positional: readonly string[];
}

/** What a number must be. */
export interface NumberRange {
  least: number;
  most?: number;
  /** Whether it must be whole, true unless given. */
  whole?: boolean;
}

/** A program that a user calls. */
export interface Program {
  /** What `--help` prints. */
  help: string;
  names: OptionNames;
  /** Does it; returns the exit status, 0 unless given. */
  main: (options: Options) => Promise<number | void>;
}

/**
 * Runs a program as a user expects: `--help` prints the help, a mistake prints
 * one line, and the exit status says how it ended (0 well, 1 failed, 2 misused).
 *
 * @param isMain `import.meta.main`, where a test loads the program to call it.
 * @returns The program, where it isn't the one that runs.
 */
export async function runProgram(
  program: Program,
  isMain = true,
): Promise<Program> {
  if (!isMain) return program;
  try {
    Deno.exit(await callProgram(program, Deno.args) ?? 0);
  } catch (error) {
    exitWithError(error);
  }
}

/** Calls a program in this process; its mistakes are thrown. */
export async function callProgram(
  { help, names, main }: Program,
  args: readonly string[],
): Promise<number | void> {
  const boolean = [...names.boolean ?? [], "help"];
  const options = readOptions(args, { ...names, boolean });
  if (!options.has("help")) return await main(options);
  console.log(help.trim());
}

/**
 * Reads a program's options.
 *
 * @throws {UsageError} If one is unknown, lacks its value, or is given twice, or if
 *   there are too many other arguments.
 */
export function readOptions(
  args: readonly string[],
  {
    string = [],
    collect = [],
    rows = {},
    boolean = [],
    alias = {},
    positional = 0,
  }: OptionNames,
): Options {
  const shortNames = Object.fromEntries(
    Object.entries(alias).map(([short, long]) => [long, short]),
  );
  const spelled = (name: string) =>
    name in shortNames ? `-${shortNames[name]}` : `--${name}`;
  const names = new Map(
    [...string, ...collect, ...Object.keys(rows)].flatMap((name) => [
      [`--${name}`, name],
      [spelled(name), name],
    ]),
  );
  const { values, switches } = takeValues(args, { names, rows });
  const given = new Set<string>();
  const words: string[] = [];
  const { tokens } = parseArgs({
    args: switches,
    options: Object.fromEntries(boolean.map((name) => {
      const short = shortNames[name];
      return [name, { type: "boolean", ...short !== undefined && { short } }];
    })),
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind === "positional") words.push(token.value);
    if (token.kind !== "option") continue;
    if (!boolean.includes(token.name)) refuse(switches[token.index]!, names);
    if (token.value !== undefined) {
      throw new UsageError(`Option "${token.rawName}" takes no value`);
    }
    given.add(token.name);
  }
  const extra = words[positional];
  if (extra !== undefined) {
    throw new UsageError(
      `Argument "${
        hidden(extra)
      }" is not expected: --help shows how to call it`,
    );
  }
  const rowsOf = (name: string) => values.get(name) ?? [];
  const texts = (name: string) => rowsOf(name).flat();
  for (const name of string) {
    if (texts(name).length > 1) {
      throw new UsageError(`Option "${spelled(name)}" is given twice`);
    }
  }
  const text = (name: string) => texts(name)[0];
  return {
    text,
    texts,
    rows: rowsOf,
    positional: words,
    has: (name) => given.has(name),
    number(name, range) {
      const value = text(name);
      if (value === undefined) return undefined;
      return readNumber(spelled(name), value, range);
    },
  };
}

/** Says what is wrong with an option that is no switch. */
function refuse(arg: string, withValue: ReadonlyMap<string, string>): never {
  const flag = arg.slice(0, 2);
  throw new UsageError(
    withValue.has(flag)
      ? `Option "${flag}" has something attached: it needs a blank before its value`
      : `Option "${nameOf(arg)}" is unknown: --help lists those that there are`,
  );
}

/** An option without its value, which may be a password. */
function nameOf(arg: string): string {
  return hidden(arg.replace(/=.*$/s, "").replace(/^-P.+$/s, "-P"));
}

/** An argument without what may be a broker's password: all up to its last `@`. */
function hidden(arg: string): string {
  return arg.replace(/^.*@/s, "…@");
}

/**
 * Takes out the options that have a value. What follows such an option is its
 * value, whatever it looks like: `-m -5` and `-m ""` publish what they say.
 */
function takeValues(
  args: readonly string[],
  { names, rows }: {
    names: ReadonlyMap<string, string>;
    rows: NonNullable<OptionNames["rows"]>;
  },
): { values: Map<string, string[][]>; switches: string[] } {
  const values = new Map<string, string[][]>();
  const switches: string[] = [];
  const rest = args.values();
  for (const arg of rest) {
    const [, flag = arg, attached] = /^(--[^=]+)=(.*)$/s.exec(arg) ?? [];
    const name = names.get(flag);
    if (name === undefined) {
      switches.push(arg);
      continue;
    }
    const isWhole = rows[name] ?? (() => true);
    const row = attached === undefined ? [] : [attached];
    while (row.length === 0 || !isWhole(row)) {
      const value = rest.next().value;
      if (value === undefined) {
        const what = row.length === 0 ? "its value" : "one of its values";
        throw new UsageError(`Option "${flag}" lacks ${what}`);
      }
      row.push(value);
    }
    values.set(name, [...values.get(name) ?? [], row]);
  }
  return { values, switches };
}

/**
 * Reads a number.
 *
 * @throws {UsageError} If it isn't one, or is out of its range.
 */
export function readNumber(
  option: string,
  text: string,
  { least, most = Infinity, whole = true }: NumberRange,
): number {
  const number = text.trim() === "" ? NaN : Number(text);
  const isRight = number >= least && number <= most &&
    Number.isFinite(number) && (!whole || Number.isInteger(number));
  if (isRight) return number;
  const kind = whole ? "a whole number" : "a number";
  const range = most === Infinity
    ? `${kind} of ${least} or more`
    : `${kind} from ${least} to ${most}`;
  throw new UsageError(`Option ${option} is "${text}": it must be ${range}`);
}
