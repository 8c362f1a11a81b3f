import { assert, assertEquals } from "@std/assert";
import { guardFormulas } from "./guard_formulas.ts";

const SIGNS = [..."=+-@＝＋－＠﹦﹢﹣﹫−"];
/** What may come before a sign at the beginning of a cell. */
const BLANKS = ["", " ", "\u00a0", "\u200b", "\ufeff", '"', "\x00", " \x1b "];
/** What may end the cell before it. */
const ENDS = [
  "",
  "x;",
  "x,",
  "x\t",
  "x\n",
  "x\r\n",
  "x|",
  "\n",
  "\t",
  "\u2028",
];

Deno.test("guardFormulas() puts an apostrophe before each sign that begins a cell", () => {
  for (const sign of SIGNS) {
    for (const blank of BLANKS) {
      for (const end of ENDS) {
        const before = `${end}${blank}`;
        const text = `${before}${sign}1`;
        assertEquals(
          guardFormulas(text),
          `${before}'${sign}1`,
          JSON.stringify(text),
        );
      }
    }
  }
});

Deno.test("guardFormulas() guards each cell of several", () => {
  assertEquals(guardFormulas("=1;=2;\t=3,@"), "'=1;'=2;\t'=3,'@");
  assertEquals(guardFormulas("=-1"), "'=-1");
});

Deno.test("guardFormulas() leaves all other text", () => {
  const cases = [
    ...["", "iot/user1/temp", "a=b", "a-b", "Anna - Bea", "a/-1", "'=1"],
    ...["온도", "x;y", "a@b.example", "1e+21", "\t", "x;\n"],
  ];
  for (const text of cases) {
    assertEquals(guardFormulas(text), text);
  }
});

Deno.test("guardFormulas() takes no time for long text", () => {
  const begin = performance.now();
  for (const part of ["=", " ", " =", ";", "\t=", '"', "; ="]) {
    guardFormulas(part.repeat(30_000));
  }
  assert(performance.now() - begin < 5_000);
});
