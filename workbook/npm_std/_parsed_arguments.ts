/** The options of `parseArgs`, without the types that infer its result. */
export interface ArgumentOptions {
  "--"?: boolean | undefined;
  alias?: object | undefined;
  boolean?: unknown;
  string?: unknown;
  collect?: unknown;
  negatable?: unknown;
  default?: object | undefined;
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

type Value = string | number | boolean;

/** What has been read from a command line so far. */
export class ParsedArguments {
  /** The arguments that belong to no option. */
  readonly rest: (string | number)[] = [];
  /** Whether no long option takes the argument that follows it. */
  readonly allBoolean: boolean;
  readonly #options: ArgumentOptions;
  readonly #values: Record<string, unknown> = { _: this.rest };
  /** Each name with all names that mean the same. */
  readonly #aliases = new Map<string, string[]>();
  readonly #booleans: Set<string>;
  readonly #strings: Set<string>;
  readonly #collected: Set<string>;
  readonly #negatable: Set<string>;

  constructor(options: ArgumentOptions) {
    this.#options = options;
    for (const [name, others] of Object.entries(options.alias ?? {})) {
      const names: string[] = [name, ...[others].flat()];
      for (const each of names) {
        this.#aliases.set(each, names.filter((other) => other !== each));
      }
    }
    this.#booleans = this.#withAliases(options.boolean);
    this.#strings = this.#withAliases(options.string);
    this.#collected = this.#withAliases(options.collect);
    this.#negatable = this.#withAliases(options.negatable);
    this.allBoolean = options.boolean === true;
  }

  isBoolean(name: string): boolean {
    return this.#booleans.has(name);
  }

  isString(name: string): boolean {
    return this.#strings.has(name);
  }

  isNegatable(name: string): boolean {
    return this.#negatable.has(name);
  }

  addPositional(arg: string): void {
    if (this.#options.unknown?.(arg) === false) return;
    this.rest.push(this.isString("_") ? arg : numberOrText(arg));
  }

  /**
   * Sets an option from the argument after it, if it takes one; returns how
   * many arguments that used up.
   */
  setFrom(
    name: string,
    value: string | undefined,
    { arg, next }: { arg: string; next: string | undefined },
  ): number {
    if (value !== undefined) {
      this.set(name, value, arg);
      return 2;
    }
    if (next === "true" || next === "false") {
      this.set(name, next === "true", arg);
      return 2;
    }
    this.set(name, this.isString(name) ? "" : true, arg);
    return 1;
  }

  /** Sets an option, or adds to it if it is collected. */
  set(
    name: string,
    value: Value,
    arg: string,
    { replace = false } = {},
  ): void {
    if (
      !this.#isKnown(name, arg) &&
      this.#options.unknown?.(arg, name, value) === false
    ) return;
    const typed = typeof value === "string" && !this.isString(name)
      ? numberOrText(value)
      : value;
    for (const each of this.#namesOf(name)) {
      if (this.#collected.has(name) && !replace) this.#collect(each, typed);
      else this.#values[each] = typed;
    }
  }

  /** Fills in what wasn't given, and returns everything. */
  finish(afterDashes: string[]): Record<string, unknown> {
    const defaults = Object.entries(this.#options.default ?? {});
    for (const [name, value] of defaults) {
      if (Object.hasOwn(this.#values, name)) continue;
      for (const each of this.#namesOf(name)) this.#values[each] = value;
    }
    for (const name of [...this.#booleans, ...this.#strings]) {
      if (Object.hasOwn(this.#values, name)) continue;
      if (this.#collected.has(name)) this.#values[name] = [];
      else if (this.isBoolean(name)) this.#values[name] = false;
    }
    if (this.#options["--"]) this.#values["--"] = afterDashes;
    else this.rest.push(...afterDashes);
    return this.#values;
  }

  #isKnown(name: string, arg: string): boolean {
    return this.#aliases.has(name) || this.#collected.has(name) ||
      this.isBoolean(name) || this.isString(name) ||
      this.allBoolean && /^--[^=]+$/.test(arg);
  }

  #namesOf(name: string): string[] {
    return [name, ...this.#aliases.get(name) ?? []];
  }

  #withAliases(names: unknown): Set<string> {
    const texts = [names].flat().filter((name) => typeof name === "string");
    return new Set(
      texts.filter(Boolean).flatMap((name) => this.#namesOf(name)),
    );
  }

  #collect(name: string, value: Value): void {
    const collected = this.#values[name];
    if (Array.isArray(collected)) collected.push(value);
    else this.#values[name] = collected ? [collected, value] : [value];
  }
}

function numberOrText(text: string): number | string {
  const isNumber = text.trim() !== "" && Number.isFinite(Number(text));
  return isNumber ? Number(text) : text;
}
