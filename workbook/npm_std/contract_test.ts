/**
 * What this project expects of each `@std` function that it uses. It passes
 * against the real packages and, with `--import-map`, against the stand-ins.
 *
 * @module
 */
import { deepStrictEqual, rejects, strictEqual, throws } from "node:assert";
import { fileURLToPath } from "node:url";
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertInstanceOf,
  assertLess,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { parse, stringify } from "@std/csv";
import { startProcess, startTerminal } from "../../testing/processes.ts";

const usesStandIns = import.meta.resolve("@std/csv").startsWith("file:");

Deno.test("stringify() ends each row with CRLF, and quotes what would be misread", () => {
  strictEqual(stringify([["a", 1], ["b", undefined]]), "a,1\r\nb,\r\n");
  strictEqual(stringify([]), "");
  const fields = ["a,b", 'say "hi"', "two\nlines", " space ", "é", "", "\r"];
  strictEqual(
    stringify([fields]),
    '"a,b","say ""hi""","two\nlines", space ,é,,\r\r\n',
  );
});

Deno.test("parse() reads rows of any length, quoted or not, and no blank lines", () => {
  const texts: [text: string, rows: string[][]][] = [
    ["", []],
    ["a,b\r\nc,d", [["a", "b"], ["c", "d"]]],
    ["\ufeffa\n,c,\n", [["a"], ["", "c", ""]]],
    ['"a,b","say ""hi""","two\r\nlines"\n', [[
      "a,b",
      'say "hi"',
      "two\nlines",
    ]]],
    ['\na\n\r\n""\n \n#b\n\n', [["a"], [""], [" "], ["#b"]]],
    ["a,b\r", [["a", "b"]]],
  ];
  for (const [text, rows] of texts) deepStrictEqual(parse(text), rows);
  deepStrictEqual(parse("a;b", { separator: ";" }), [["a", "b"]]);
});

Deno.test("parse() names the columns by the first row or by option", () => {
  const text = "time,value\n1,2\n";
  const byFirstRow: Record<string, string>[] = parse(text, {
    skipFirstRow: true,
  });
  deepStrictEqual(byFirstRow, [{ time: "1", value: "2" }]);
  const columns = ["t", "v"];
  deepStrictEqual(parse(text, { skipFirstRow: true, columns }), [
    { t: "1", v: "2" },
  ]);
  deepStrictEqual(parse("1,2", { columns }), [{ t: "1", v: "2" }]);
});

Deno.test("parse() says on which line a row can't be read", () => {
  const named = { skipFirstRow: true };
  throws(() => parse('a"b'), /line 1\b/);
  throws(() => parse('ok\n\na"b\n'), /line 3\b/);
  throws(() => parse('ok\n"a"b,c'), /line 2\b/);
  throws(() => parse('ok\n"never closed\n'), /line 2\b/);
  throws(() => parse("a,b\n1", named), /line 2\b/);
});

class Celsius {
  constructor(readonly degrees: number) {}
}

class Kelvin {
  constructor(readonly degrees: number) {}
}

/** Expects an assertion to fail, with words in its message. */
function fails(assertion: () => void, ...words: string[]): void {
  throws(assertion, isFailure(words));
}

function isFailure(words: string[]) {
  return ({ name, message }: Error) => {
    strictEqual(name, "AssertionError");
    for (const word of words) {
      strictEqual(message.includes(word), true, message);
    }
    return true;
  };
}

Deno.test("assertEquals() compares values, however deep", () => {
  const equal: [unknown, unknown][] = [
    [NaN, NaN],
    [[0, { a: -0 }], [-0, { a: 0 }]],
    [{ a: 1, b: [NaN, null] }, { b: [NaN, null], a: 1 }],
    [new Map([["a", { b: 1 }]]), new Map([["a", { b: 1 }]])],
    [new Set([[1], [2]]), new Set([[2], [1]])],
    [new Uint8Array([1, 2]), new Uint8Array([1, 2])],
    [new Date(5), new Date(5)],
    [/a/g, /a/g],
    [new URL("mqtt://h"), new URL("mqtt://h")],
    [new Celsius(20), new Celsius(20)],
    [/(?<a>1)/.exec("1")!.groups, { a: "1" }],
  ];
  for (const [actual, expected] of equal) {
    assertEquals(actual, expected);
    fails(() => assertNotEquals(actual, expected));
  }
});

Deno.test("assertEquals() tells different values apart, and shows both", () => {
  const different: [unknown, unknown][] = [
    [1, "1"],
    [0, null],
    [null, undefined],
    [{}, { a: undefined }],
    [{ a: undefined }, { b: undefined }],
    [[1, 2], [2, 1]],
    [[], {}],
    [{ a: 1 }, { a: 1, b: 2 }],
    [new Map([["a", 1]]), new Map([["a", 2]])],
    [new Set([1]), new Set([2])],
    [new Uint8Array([1, 2]), new Uint8Array([1, 3])],
    [new Uint8Array([1]), new Uint16Array([1])],
    [new Uint8Array([1]), [1]],
    [new Date(5), new Date(6)],
    [/a/g, /a/i],
    [new Celsius(20), new Celsius(21)],
    [new Celsius(20), new Kelvin(20)],
    [new Celsius(20), { degrees: 20 }],
    [() => 1, () => 1],
  ];
  for (const [actual, expected] of different) {
    assertNotEquals(actual, expected);
    fails(() => assertEquals(actual, expected));
  }
  fails(
    () => assertEquals({ qos: 1, x: 0 }, { qos: 2, x: 0 }, "Row 3"),
    "qos: 1",
    "qos: 2",
    "Row 3",
  );
});

Deno.test("assert() and its kind want what they say, and narrow types", () => {
  const text: string | undefined = ["text"].at(0);
  assert(text);
  strictEqual(text.length, 4);
  const value: unknown = new Celsius(20);
  assertInstanceOf(value, Celsius);
  strictEqual(value.degrees, 20);
  assertStrictEquals(value, value);
  assertGreater(2, 1);
  assertLess(1, 2);
  assertAlmostEquals(0.1 + 0.2, 0.3);
  assertAlmostEquals(10, 10.4, 0.5);
  assertMatch("iot/user1/temp", /^iot\//);
  assertStringIncludes("iot/user1/temp", "user1");

  fails(() => assert(0, "No text"), "No text");
  fails(() => assertInstanceOf(new Kelvin(0), Celsius), "Kelvin", "Celsius");
  fails(() => assertStrictEquals(new Celsius(1), new Celsius(1)));
  fails(() => assertStrictEquals(0, -0));
  fails(() => assertGreater(1, 1));
  fails(() => assertLess(1, 1));
  fails(() => assertLess(NaN, 1));
  fails(() => assertAlmostEquals(10, 10.6, 0.5), "10");
  fails(() => assertAlmostEquals(1, 1.001), "1.00");
  fails(() => assertMatch("abc", /^b/), "abc", "/^b/");
  fails(() => assertStringIncludes("abc", "x", "Topic"), "abc", "x", "Topic");
});

Deno.test("assertThrows() returns what was thrown, after checking it", () => {
  const thrown = new RangeError("Port 99999 is too high");
  const throwing = () => {
    throw thrown;
  };
  const error: RangeError = assertThrows(throwing, RangeError, "99999");
  strictEqual(error, thrown);
  strictEqual(assertThrows(throwing), thrown);
  strictEqual(assertThrows(throwing, Error), thrown);
  const throwingText = () => {
    throw "text";
  };
  strictEqual(assertThrows(throwingText), "text");
  fails(() => assertThrows(() => 1));
  fails(() => assertThrows(throwingText, Error));
  fails(() => assertThrows(throwing, TypeError), "RangeError", "TypeError");
  fails(() => assertThrows(throwing, RangeError, "1883", "x"), "1883", "x");
});

Deno.test("assertRejects() returns the reason, after checking it", async () => {
  const reason = new RangeError("Port 99999 is too high");
  const rejecting = () => Promise.reject(reason);
  const error: RangeError = await assertRejects(rejecting, RangeError, "99999");
  strictEqual(error, reason);
  strictEqual(await assertRejects(rejecting), reason);
  const failing: [() => Promise<unknown>, ...string[]][] = [
    [() => assertRejects(() => Promise.resolve(1))],
    [() => assertRejects(rejecting, TypeError), "RangeError", "TypeError"],
    [() => assertRejects(rejecting, RangeError, "1883"), "1883", "99999"],
    [() => assertRejects(() => Promise.reject("text"), Error)],
    [() =>
      assertRejects(() => {
        throw new Error("At once");
      }), "Function throws"],
  ];
  for (const [assertion, ...words] of failing) {
    await rejects(assertion, isFailure(words));
  }
});

/** A program that asks for a secret and prints what it got. */
const PROGRAM = `
import { promptSecret } from "${import.meta.resolve("@std/cli/prompt-secret")}";
const secret = promptSecret("Password:", { mask: "" });
console.log("got", JSON.stringify(secret));
`;

Deno.test("promptSecret() returns null where nobody can type", async () => {
  const args = ["eval", "--no-config", PROGRAM];
  await using process = startProcess(Deno.execPath(), args);
  strictEqual((await process.end()).stdout, "got null\n");
});

// util-linux's `script` makes a pseudo-terminal.
const ignore = Deno.build.os !== "linux";
Deno.test({
  name: `promptSecret() takes what is typed${ignore ? " (needs Linux)" : ""}`,
  ignore,
  fn: async () => {
    const command = '"$DENO" eval --no-config "$PROGRAM"';
    const variables = { DENO: Deno.execPath(), PROGRAM };
    await using terminal = startTerminal("script", command, variables);
    await terminal.untilPrinted("Password: ");
    // That nothing of it is shown, the tests of `broker:passwd` prove.
    await terminal.write("pcx\x7f\x7fä\r");
    await terminal.untilPrinted('got "pä"');
  },
});

Deno.test({
  name: `the stand-ins keep the contract where JSR is at hand${
    usesStandIns ? " (they are in use: the tests above have shown it)" : ""
  }`,
  ignore: usesStandIns,
  fn: async () => {
    const map = fileURLToPath(new URL("import_map.json", import.meta.url));
    const test = fileURLToPath(import.meta.url);
    const args = ["test", "--allow-all", `--import-map=${map}`, test];
    await using process = startProcess(Deno.execPath(), args);
    const { code, stdout, stderr } = await process.end(60_000);
    strictEqual(code, 0, stdout + stderr);
  },
});
