import { assertEquals, assertThrows } from "@std/assert";
import { type OptionNames, readOptions, UsageError } from "./program.ts";

const NAMES: OptionNames = {
  string: ["message", "qos", "will-topic"],
  collect: ["topic"],
  boolean: ["retain", "verbose"],
  alias: { m: "message", q: "qos", t: "topic", r: "retain", v: "verbose" },
};

Deno.test("readOptions() reads short and long options, and switches", () => {
  const options = readOptions(
    ["-t", "a", "--topic", "b", "--topic=c", "-m", "x", "-rv"],
    NAMES,
  );
  assertEquals(options.texts("topic"), ["a", "b", "c"]);
  assertEquals(options.text("message"), "x");
  assertEquals(options.text("will-topic"), undefined);
  assertEquals(options.has("retain"), true);
  assertEquals(options.has("verbose"), true);
  assertEquals(readOptions(["-r"], NAMES).has("verbose"), false);
});

Deno.test("readOptions() takes what follows an option for its value", () => {
  for (const text of ["-5", "", "-", "--", "--help", "-t", "true", "a\nb=c"]) {
    const options = readOptions(["-m", text, "-r"], NAMES);
    assertEquals(options.text("message"), text);
    assertEquals(options.has("retain"), true);
    assertEquals(
      readOptions([`--message=${text}`], NAMES).text("message"),
      text,
    );
  }
});

Deno.test("readOptions() reads options with several values in a row", () => {
  const names: OptionNames = {
    ...NAMES,
    rows: { pair: (values) => values.length === 2 },
    alias: { ...NAMES.alias, p: "pair" },
  };
  const options = readOptions(
    ["-p", "-r", "", "-v", "--pair=a", "b", "-p", "c", "d"],
    names,
  );
  assertEquals(options.rows("pair"), [["-r", ""], ["a", "b"], ["c", "d"]]);
  assertEquals([options.has("retain"), options.has("verbose")], [false, true]);
  assertEquals(readOptions([], names).rows("pair"), []);
  assertThrows(
    () => readOptions(["-p", "a"], names),
    UsageError,
    'Option "-p" lacks one of its values',
  );
});

Deno.test("readOptions() refuses what it doesn't know", () => {
  const mistakes: [args: string[], message: string][] = [
    [["-x"], 'Option "-x" is unknown: --help lists those that there are'],
    [["-q1"], 'Option "-q" has something attached: it needs a blank before'],
    [["--retain=s3cret"], 'Option "--retain" takes no value'],
    [["--nope=1"], 'Option "--nope" is unknown'],
    [["--password=s3cret"], 'Option "--password" is unknown'],
    [["-Ps3cret"], 'Option "-P" is unknown'],
    [["info:s3cret@h"], 'Argument "…@h" is not expected'],
    [["-rt", "a"], 'Option "-rt" is unknown'],
    [["a"], 'Argument "a" is not expected: --help shows how to call it'],
    [["--", "-r"], 'Argument "-r" is not expected'],
    [["-r", "-m"], 'Option "-m" lacks its value'],
    [["-m", "a", "--message", "b"], 'Option "-m" is given twice'],
    [
      ["--will-topic=a", "--will-topic=b"],
      'Option "--will-topic" is given twice',
    ],
  ];
  for (const [args, message] of mistakes) {
    assertThrows(() => readOptions(args, NAMES), UsageError, message);
  }
});

Deno.test("readOptions() quotes no password of an option or an address out of place", () => {
  for (
    const args of [
      ["-ms3cret"],
      ["-m", "x", "mqtt://ann:s3cret@broker/x"],
      ["ann:s3cret@broker"],
      ["--nope=mqtt://ann:s3cret@broker"],
      ["-Lmqtt://ann:s3cret@broker/x"],
    ]
  ) {
    const error = assertThrows(() => readOptions(args, NAMES), UsageError);
    assertEquals(error.message.includes("s3cret"), false, error.message);
  }
});

Deno.test("readOptions() checks a number against its range", () => {
  const number = (text: string) =>
    readOptions(["-q", text], NAMES).number("qos", { least: 0, most: 2 });
  assertEquals(number("2"), 2);
  assertEquals(
    readOptions([], NAMES).number("qos", { least: 0, most: 2 }),
    undefined,
  );
  for (const text of ["3", "-1", "1.5", "", " ", "one", "NaN"]) {
    assertThrows(
      () => number(text),
      UsageError,
      `Option -q is "${text}": it must be a whole number from 0 to 2`,
    );
  }
  const options = readOptions(["-q", "0.5"], NAMES);
  assertEquals(options.number("qos", { least: 0, whole: false }), 0.5);
  assertThrows(
    () => options.number("qos", { least: 1, whole: false }),
    UsageError,
    'Option -q is "0.5": it must be a number of 1 or more',
  );
});

Deno.test("readOptions() takes as many other arguments as a program has", () => {
  const names = { ...NAMES, positional: 1 };
  const options = readOptions(["-m", "x", "03", "-r"], names);
  assertEquals(options.positional, ["03"]);
  assertEquals(options.has("retain"), true);
  assertEquals(readOptions([], names).positional, []);
  assertThrows(
    () => readOptions(["03", "04"], names),
    UsageError,
    'Argument "04" is not expected: --help shows how to call it',
  );
});
