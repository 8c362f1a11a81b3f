/**
 * Rollup, https://rollupjs.org, in its form without files and native code. Only who
 * makes one file of a program downloads it.
 *
 * @module
 */
export { rollup } from "npm:@rollup/browser@4.64.10";
