/**
 * Stands in for `@std/csv` on networks that block JSR: the same `stringify`
 * and `parse`, over the npm packages csv-stringify and csv-parse. It covers
 * what this project uses; `contract_test.ts` says what that is.
 *
 * @module
 */
export { parse, type ParseOptions, type ParseResult } from "./_csv_parse.ts";
export {
  type Column,
  type ColumnDetails,
  type DataItem,
  type PropertyAccessor,
  stringify,
  type StringifyOptions,
} from "./_csv_stringify.ts";
