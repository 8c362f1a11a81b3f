/**
 * Promises that must reject.
 *
 * @module
 */
import { assertRejects } from "@std/assert";
import { within } from "./deadline.ts";

/** What an error is made with. */
// deno-lint-ignore no-explicit-any
type ErrorClass<E extends Error> = new (...values: any[]) => E;

/**
 * Waits until a promise rejects, which it must.
 *
 * @param promise The promise.
 * @param errorClass What it must reject with.
 * @param part What must be a part of the error's message.
 * @returns The error.
 */
export function rejection<E extends Error>(
  promise: Promise<unknown>,
  errorClass: ErrorClass<E>,
  part = "",
): Promise<E> {
  const rejected = () => within("the rejection", promise);
  return assertRejects(rejected, errorClass, part);
}
