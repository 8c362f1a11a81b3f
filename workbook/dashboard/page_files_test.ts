import { assertEquals, assertRejects } from "@std/assert";
import { bundleModules } from "./page_files.ts";

/** Bundles modules, given as lines, and gives what the first leaves in `said`. */
async function run(modules: Record<string, string[]>): Promise<unknown[]> {
  const bundle = await bundleModules(Object.keys(modules)[0]!, {
    read: (module) => Promise.resolve(modules[module]!.join("\n")),
    resolve: (specifier) => specifier.replace("./", ""),
  });
  const said: unknown[] = [];
  new Function("said", `"use strict";\n${bundle}`)(said);
  return said;
}

Deno.test("bundleModules() binds what modules import to what others export", async () => {
  const said = await run({
    main: [
      'import { add, Counter, ONE as one } from "./own";',
      'import make from "./packed";',
      'import { two } from "./packed";',
      'import words from "./words" with { type: "json" };',
      'export { word } from "./own";',
      "said.push(add(one, two), new Counter().count, make(1), words.nothing);",
    ],
    own: [
      'import { two } from "./packed";',
      "export const ONE = 1;",
      "export async function later() {}",
      "export function add(a, b) { return a + b; }",
      "export class Counter { count = ONE + two; }",
      'export const word = "export";',
    ],
    packed: [
      'var a=2;import{ONE as b}from"./alone";function d(c){return c+b}export{d as default,a as two,b};//# sourceMappingURL=packed.map',
    ],
    alone: ["export const ONE = 10;"],
    words: ['export default {"nothing": "import nothing"}'],
  });
  assertEquals(said, [3, 3, 11, "import nothing"]);
});

Deno.test("bundleModules() runs each module once, after those that it imports", async () => {
  const said = await run({
    main: [
      'import b from "./b";',
      'import { c } from "./c";',
      'said.push("main", b, c);',
    ],
    b: [
      'import { c } from "./c";',
      'said.push("b");',
      "export default c;",
    ],
    c: ['said.push("c");', "export const c = 3;"],
  });
  assertEquals(said, ["c", "b", "main", 3, 3]);
});

const NOT_UNDERSTOOD = [
  'import "./own";',
  'import * as own from "./own";',
  'import own, { one } from "./own";',
  'export * from "./own";',
  "export let changing = 1;",
  "export const { one } = two;",
];

for (const text of NOT_UNDERSTOOD) {
  Deno.test(`bundleModules() refuses \`${text}\``, async () => {
    await assertRejects(
      () => run({ main: ['"use strict";', text], own: [] }),
      Error,
      "Module can't be bundled: main",
    );
  });
}
