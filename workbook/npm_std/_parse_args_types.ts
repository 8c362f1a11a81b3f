/** One name or several as a union; `undefined` where none was given. */
export type Name = string | boolean | undefined;

/** Other names of options: `{ host: "h" }`. */
export type Aliases<Names = string, Others extends string = string> = Partial<
  Record<Extract<Names, string>, Others | ReadonlyArray<Others>>
>;

/** Options of `parseArgs`. */
export interface ParseOptions<
  Booleans extends Name = Name,
  Strings extends Name = Name,
  Collected extends Name = Name,
  Negatable extends Name = Name,
  Defaults extends Record<string, unknown> | undefined =
    | Record<string, unknown>
    | undefined,
  A extends Aliases | undefined = Aliases | undefined,
  DoubleDash extends boolean | undefined = boolean | undefined,
> {
  /** Whether what follows `--` has a list of its own. */
  "--"?: DoubleDash;
  /** Other names of options. */
  alias?: A;
  /** Names of switches, which take no value; `true` makes all so. */
  boolean?: Booleans | ReadonlyArray<Extract<Booleans, string>>;
  /** Names of options whose value stays a text, even if it is a number. */
  string?: Strings | ReadonlyArray<Extract<Strings, string>>;
  /** Names of options that may be repeated and so are a list. */
  collect?: Collected | ReadonlyArray<Extract<Collected, string>>;
  /** Names of options that `--no-name` turns off. */
  negatable?: Negatable | ReadonlyArray<Extract<Negatable, string>>;
  /** Values of options that aren't given. */
  default?: Defaults;
  /** Whether the first argument that is no option ends the options. */
  stopEarly?: boolean;
  /** Is told of each argument that isn't declared; `false` drops it. */
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

/** What `parseArgs` returns. */
export type Args<
  // As in the original: without declared options, any name has any value.
  // deno-lint-ignore no-explicit-any
  Result extends Record<string, unknown> = Record<string, any>,
  DoubleDash extends boolean | undefined = undefined,
> =
  & Result
  & {
    /** The arguments that belong to no option. */
    _: Array<string | number>;
  }
  & (true extends DoubleDash ? { "--": string[] } : unknown);

/** The type of each option's value, by name. */
export type Values<
  Booleans extends Name,
  Strings extends Name,
  Collected extends Name,
  Negatable extends Name,
  Defaults extends Record<string, unknown> | undefined,
  A extends Aliases | undefined,
> = [Texts<Booleans> | Texts<Strings> | Texts<Collected>] extends [never]
  // deno-lint-ignore no-explicit-any
  ? Record<string, any>
  :
    & Record<string, unknown>
    & WithAliases<
      WithDefaults<
        Declared<
          Texts<Booleans>,
          Texts<Strings>,
          Texts<Collected>,
          Texts<Negatable>
        >,
        Defaults
      >,
      A
    >;

type Texts<Names> = Extract<Names, string>;

type Declared<
  Booleans extends string,
  Strings extends string,
  Collected extends string,
  Negatable extends string,
> =
  & { [Key in Exclude<Booleans, Collected>]: boolean }
  & { [Key in Booleans & Collected]: boolean[] }
  & {
    [Key in Exclude<Strings, Collected>]?:
      | string
      | (Key extends Negatable ? false : never);
  }
  & {
    [Key in Strings & Collected]:
      | string[]
      | (Key extends Negatable ? false : never);
  }
  & {
    [Key in Exclude<Collected, Booleans | Strings>]:
      | unknown[]
      | (Key extends Negatable ? false : never);
  };

/** An option with a default is never missing. */
type WithDefaults<Options, Defaults> = Defaults extends undefined ? Options
  :
    & Omit<Options, keyof Defaults>
    & {
      [Key in keyof Defaults]: Key extends keyof Options
        ? Defaults[Key] | NonNullable<Options[Key]>
        : unknown;
    };

/** Each option again under its other names. */
type WithAliases<Options, A> = {
  [Key in keyof Options as Key | OtherNames<Key, A>]: Options[Key];
};

type OtherNames<Key, A> = Key extends keyof A
  ? A[Key] extends ReadonlyArray<infer Other extends string> ? Other
  : Extract<A[Key], string>
  : never;
