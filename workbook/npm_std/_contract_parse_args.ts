import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { parseArgs } from "@std/cli/parse-args";

/** Is `true` only if two types are one and the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends
  (<T>() => T extends B ? 1 : 2) ? true : false;

Deno.test("parseArgs() sorts options from other arguments", () => {
  const args = parseArgs(["a", "--b", "c", "--d=e", "-f", "g", "-h", "--i"]);
  deepStrictEqual(
    { ...args },
    { _: ["a"], b: "c", d: "e", f: "g", h: true, i: true },
  );
  const text: string = args.d;
  strictEqual(text, "e");
});

Deno.test("parseArgs() makes numbers of numerals, but not in strings", () => {
  const args = parseArgs(["--n", "5", "--s", "5", "-p1883", "0x10", "1e3x"], {
    string: ["s"],
  });
  deepStrictEqual({ ...args }, { _: [16, "1e3x"], n: 5, s: "5", p: 1883 });
  deepStrictEqual(parseArgs(["007"], { string: ["_"] })._, ["007"]);
  strictEqual(parseArgs(["-P", "007"], { string: "P" }).P, "007");
});

Deno.test("parseArgs() keeps a boolean from taking the next argument", () => {
  const args = parseArgs(["-v", "a", "--retain", "b", "--clean=false"], {
    boolean: ["v", "retain", "clean", "debug"],
  });
  deepStrictEqual(
    { ...args },
    { _: ["a", "b"], v: true, retain: true, clean: false, debug: false },
  );
  deepStrictEqual(parseArgs(["--v", "true", "x"], { boolean: ["v"] })._, ["x"]);
  deepStrictEqual(
    { ...parseArgs(["--a", "b", "-c", "d"], { boolean: true }) },
    { _: ["b"], a: true, c: "d" },
  );
});

Deno.test("parseArgs() reads groups of short options", () => {
  deepStrictEqual(
    { ...parseArgs(["-vrq", "1"], { boolean: ["v", "r"] }) },
    { _: [], v: true, r: true, q: 1 },
  );
  deepStrictEqual(
    { ...parseArgs(["-ta/b", "-t=#", "-m"], { string: ["t", "m"] }) },
    { _: [], t: "#", a: "/b", m: "" },
  );
});

Deno.test("parseArgs() gives an empty text to a string without a value", () => {
  const options = { string: ["m", "host"] };
  deepStrictEqual({ ...parseArgs(["-m", "--host"], options) }, {
    _: [],
    m: "",
    host: "",
  });
  deepStrictEqual({ ...parseArgs(["-m", ""], options) }, { _: [""], m: "" });
  deepStrictEqual({ ...parseArgs(["-m", "-5"], options) }, {
    _: [],
    m: "",
    5: true,
  });
  deepStrictEqual({ ...parseArgs(["--host", "-"], options) }, {
    _: ["-"],
    host: "",
  });
});

Deno.test("parseArgs() collects what is repeated, or takes the last", () => {
  const args = parseArgs(["-t", "a", "--topic=b", "-n", "1", "-n", "2"], {
    string: ["topic"],
    alias: { topic: "t" },
    collect: ["topic"],
  });
  deepStrictEqual(
    { ...args },
    { _: [], topic: ["a", "b"], t: ["a", "b"], n: 2 },
  );
  deepStrictEqual(
    { ...parseArgs([], { string: ["t"], collect: ["t"] }) },
    { _: [], t: [] },
  );
});

Deno.test("parseArgs() gives a value to all aliases of its option", () => {
  const expected = { _: [], id: "5", i: "5", client: "5" };
  for (const flag of ["-i", "--id", "--client"]) {
    deepStrictEqual(
      {
        ...parseArgs([flag, "5"], {
          string: ["id"],
          alias: { id: ["i", "client"] },
        }),
      },
      expected,
    );
  }
  deepStrictEqual(
    { ...parseArgs(["-v"], { boolean: ["verbose"], alias: { v: "verbose" } }) },
    { _: [], v: true, verbose: true },
  );
});

Deno.test("parseArgs() fills in defaults, for aliases too", () => {
  const args = parseArgs(["--qos", "1"], {
    string: ["host"],
    boolean: ["color"],
    default: { host: "localhost", qos: 0, color: true },
    alias: { host: "h" },
  });
  deepStrictEqual(
    { ...args },
    { _: [], host: "localhost", h: "localhost", qos: 1, color: true },
  );
});

Deno.test("parseArgs() negates what is negatable, and nothing else", () => {
  const args = parseArgs(["--no-color", "--no-cache", "x"], {
    boolean: ["color"],
    negatable: ["color"],
    default: { color: true },
  });
  deepStrictEqual({ ...args }, { _: [], color: false, "no-cache": "x" });
});

Deno.test("parseArgs() stops at -- and, if told so, at the first argument", () => {
  deepStrictEqual(
    { ...parseArgs(["-a", "--", "-b", "5"]) },
    { _: ["-b", "5"], a: true },
  );
  const args = parseArgs(["x", "--", "-b"], { "--": true });
  const rest: string[] = args["--"];
  deepStrictEqual(rest, ["-b"]);
  deepStrictEqual(
    { ...parseArgs(["-a", "b", "c", "-d"], { stopEarly: true, boolean: "a" }) },
    { _: ["b", "c", "-d"], a: true },
  );
});

Deno.test("parseArgs() asks about each argument that isn't declared", () => {
  const asked: unknown[][] = [];
  const args = parseArgs(["-v", "--nope=1", "-xz", "file", "--t", "a"], {
    boolean: ["v"],
    string: ["t"],
    unknown: (...given) => {
      asked.push(given.filter((each) => each !== undefined));
      return given[0] === "file";
    },
  });
  deepStrictEqual(asked, [
    ["--nope=1", "nope", "1"],
    ["-xz", "x", true],
    ["-xz", "z", "file"],
  ]);
  deepStrictEqual({ ...args }, { _: [], v: true, t: "a" });
});

Deno.test("parseArgs() infers the types of its result", () => {
  const args = parseArgs(["--host", "h"], {
    string: ["host", "topic", "password"],
    boolean: ["verbose"],
    collect: ["topic", "user"],
    negatable: ["password"],
    default: { host: "localhost", port: 1883 },
    alias: { verbose: "v", topic: "t", host: ["h"] },
  });
  const proofs: [
    Same<typeof args.host, string>,
    Same<typeof args.h, string>,
    Same<typeof args.password, string | false | undefined>,
    Same<typeof args.topic, string[]>,
    Same<typeof args.t, string[]>,
    Same<typeof args.user, unknown[]>,
    Same<typeof args.verbose, boolean>,
    Same<typeof args.v, boolean>,
    Same<typeof args.other, unknown>,
    Same<typeof args._, (string | number)[]>,
  ] = [true, true, true, true, true, true, true, true, true, true];
  ok(proofs.every(Boolean));
  strictEqual(args.host, "h");
});
