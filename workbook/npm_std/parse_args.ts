/**
 * Stands in for `@std/cli/parse-args` on networks that block JSR: the same
 * `parseArgs`, as far as this project uses it. `contract_test.ts` says how far
 * that is.
 *
 * @module
 */
import { ParsedArguments } from "./_parsed_arguments.ts";
import type {
  Aliases,
  Args,
  Name,
  ParseOptions,
  Values,
} from "./_parse_args_types.ts";

export type { Args, ParseOptions } from "./_parse_args_types.ts";

/**
 * Sorts command line arguments into options and the rest, `_`.
 *
 * @param args The arguments, such as `Deno.args`.
 * @param options Which options take a text, are switches, may be repeated …
 * @returns The options' values by name, and the other arguments.
 */
export function parseArgs<
  Result extends Values<Booleans, Strings, Collected, Negatable, Defaults, A>,
  DoubleDash extends boolean | undefined = undefined,
  Booleans extends Name = undefined,
  Strings extends Name = undefined,
  Collected extends Name = undefined,
  Negatable extends Name = undefined,
  Defaults extends Record<string, unknown> | undefined = undefined,
  A extends Aliases<AliasedName, AliasName> | undefined = undefined,
  AliasedName extends string = string,
  AliasName extends string = string,
>(
  args: readonly string[],
  options: ParseOptions<
    Booleans,
    Strings,
    Collected,
    Negatable,
    Defaults,
    A,
    DoubleDash
  > = {},
): Args<Result, DoubleDash> {
  const parsed = new ParsedArguments(options);
  const end = args.indexOf("--");
  const parsable = end < 0 ? args : args.slice(0, end);
  for (let index = 0; index < parsable.length;) {
    const arg = parsable[index] ?? "";
    if (isPositional(arg)) {
      parsed.addPositional(arg);
      index += 1;
      if (!options.stopEarly) continue;
      parsed.rest.push(...parsable.slice(index));
      break;
    }
    const read = arg.startsWith("--") ? readLong : readShort;
    index += read(arg, parsable[index + 1], parsed);
  }
  const afterDashes = end < 0 ? [] : args.slice(end + 1);
  return parsed.finish(afterDashes) as Args<Result, DoubleDash>;
}

/** A dash alone is an argument like any other: programs read it as stdin. */
function isPositional(arg: string): boolean {
  return !arg.startsWith("-") || arg === "-";
}

/** Reads `--name`, `--name=value`, `--no-name`; returns how many it took. */
function readLong(
  arg: string,
  next: string | undefined,
  parsed: ParsedArguments,
): number {
  const equals = arg.indexOf("=", 3);
  const name = equals < 0 ? arg.slice(2) : arg.slice(2, equals);
  const positive = name.startsWith("no-") && name.length > 3
    ? name.slice(3)
    : undefined;
  if (equals >= 0) {
    const key = positive ?? name;
    const text = arg.slice(equals + 1);
    parsed.set(key, parsed.isBoolean(key) ? text !== "false" : text, arg);
    return 1;
  }
  if (positive !== undefined && parsed.isNegatable(positive)) {
    parsed.set(positive, false, arg, { replace: true });
    return 1;
  }
  const takesNext = next && !next.startsWith("-") &&
    !parsed.isBoolean(name) && !parsed.allBoolean;
  return parsed.setFrom(name, takesNext ? next : undefined, { arg, next });
}

/** Reads `-n`, `-n value`, `-n5`, `-abc`; returns how many it took. */
function readShort(
  arg: string,
  next: string | undefined,
  parsed: ParsedArguments,
): number {
  const letters = arg.slice(1);
  for (let index = 0; index < letters.length - 1; index++) {
    const letter = letters.charAt(index);
    const rest = letters.slice(index + 1);
    const value = attachedValue(letter, rest);
    if (value === undefined) {
      parsed.set(letter, parsed.isString(letter) ? "" : true, arg);
      continue;
    }
    parsed.set(letter, value, arg);
    // In `-x-` the dash is the value of x, and nothing is left to read.
    return 1;
  }
  const name = letters.slice(-1);
  const takesNext = next && !/^--?[^-]/.test(next) && !parsed.isBoolean(name);
  return parsed.setFrom(name, takesNext ? next : undefined, { arg, next });
}

/** The value that is glued to a letter, as in `-p1883`, `-p=1883`. */
function attachedValue(letter: string, rest: string): string | undefined {
  if (rest === "-") return rest;
  if (rest === "=") return "";
  if (/[A-Za-z]/.test(letter)) {
    const assigned = /=(.+)/.exec(rest)?.[1];
    if (assigned !== undefined) return assigned;
    if (/-?\d+(\.\d*)?(e-?\d+)?$/.test(rest)) return rest;
  }
  return /^\W/.test(rest) ? rest : undefined;
}
