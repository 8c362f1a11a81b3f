/**
 * Deadlines for what a test waits for.
 *
 * @module
 */
import { assertRejects } from "@std/assert";

/**
 * Waits for a promise, and rejects if it takes too long.
 *
 * @param milliseconds The deadline, 30,000 ms unless given: enough for a busy
 * machine, where nothing that comes is too late.
 */
export async function within<T>(
  what: string,
  promise: Promise<T>,
  milliseconds = 30_000,
): Promise<T> {
  // Made here, its stack says who waited.
  const late = new Error(`Waited ${milliseconds} ms in vain for ${what}`);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late), milliseconds);
  });
  try {
    return await Promise.race([promise, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

/** What an error is made with. */
// deno-lint-ignore no-explicit-any
type ErrorClass<E extends Error> = new (...values: any[]) => E;

/** Waits until a promise rejects, which it must. */
export function rejection<E extends Error>(
  promise: Promise<unknown>,
  errorClass: ErrorClass<E>,
  part = "",
): Promise<E> {
  const rejected = () => within("the rejection", promise);
  return assertRejects(rejected, errorClass, part);
}
