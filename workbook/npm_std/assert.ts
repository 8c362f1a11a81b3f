/**
 * Stands in for `@std/assert` on networks that block JSR: the assertions that
 * this project's tests use, over Node's `node:assert` and `node:util`.
 * `contract_test.ts` says what they promise.
 *
 * @module
 */
export {
  assert,
  assertExists,
  assertInstanceOf,
  AssertionError,
  fail,
} from "./_assert_basic.ts";
export {
  assertAlmostEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertLess,
  assertLessOrEqual,
  assertMatch,
  assertStringIncludes,
} from "./_assert_compare.ts";
export {
  assertEquals,
  assertNotEquals,
  assertStrictEquals,
} from "./_assert_equals.ts";
export { assertRejects, assertThrows } from "./_assert_throws.ts";
