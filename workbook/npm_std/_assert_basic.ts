/** What every assertion throws when it fails. */
export class AssertionError extends Error {
  /**
   * @param message What was expected, and what came.
   * @param options The cause, as for any `Error`.
   */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AssertionError";
  }
}

/** Ends a failure's first sentence: with the caller's message, if any. */
export function ending(message: string | undefined): string {
  return message ? `: ${message}` : ".";
}

/** Asserts that a value is truthy. */
export function assert(expr: unknown, msg = ""): asserts expr {
  if (!expr) throw new AssertionError(msg);
}

/** Fails. */
export function fail(msg?: string): never {
  throw new AssertionError(`Failed assertion${ending(msg)}`);
}

/** Asserts that a value is neither `null` nor `undefined`. */
export function assertExists<T>(
  actual: T,
  msg?: string,
): asserts actual is NonNullable<T> {
  if (actual !== undefined && actual !== null) return;
  throw new AssertionError(
    `Expected actual: "${actual}" to not be null or undefined${ending(msg)}`,
  );
}

// A constructor's parameters are contravariant, so only `any` lets each class
// through; `unknown[]` would refuse all that take something narrower.
/** Any class, abstract ones too. */
// deno-lint-ignore no-explicit-any
export type Class<T> = abstract new (...args: any[]) => T;

/** Asserts that a value was made by a class. */
// deno-lint-ignore no-explicit-any
export function assertInstanceOf<T extends Class<any>>(
  actual: unknown,
  expectedType: T,
  msg = "",
): asserts actual is InstanceType<T> {
  if (actual instanceof expectedType) return;
  const kind = typeof actual === "object" && actual !== null
    ? actual.constructor?.name ?? "Object"
    : actual === null
    ? "null"
    : typeof actual;
  const was = kind === expectedType.name
    ? ""
    : kind === "function"
    ? " but was not an instanced object"
    : ` but was "${kind}"`;
  throw new AssertionError(
    `Expected object to be an instance of "${expectedType.name}"${was}${
      ending(msg)
    }`,
  );
}
