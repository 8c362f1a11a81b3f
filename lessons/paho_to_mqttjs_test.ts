/**
 * `paho_to_mqttjs.md` is the only place where the mapping is written down. These
 * tests read it: the code in the second column of each table is type-checked and
 * run, and the names in the first are held against those that paho has.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { test } from "../testing/test_programs.ts";
import * as toolkit from "../lib/mod.ts";
import { startProcess } from "../testing/processes.ts";
import { denoFlags } from "../testing/deno_flags.ts";
import { temporaryFile } from "../testing/temporary_file.ts";

const PAGE = new URL("paho_to_mqttjs.md", import.meta.url);
/** The section whose code speaks MQTT 5. */
const MQTT5 = "MQTT 5";
const VARIABLES =
  "host, websocketHost, tlsHost, lockedHost, ca, topic, client, message, " +
  "connect, subscribe, sent, count, mute, cut, receive, next, print, printed";

interface Row {
  section: string;
  line: number;
  /** The names of paho in its first cell, without their arguments. */
  names: string[];
  /** Its second cell. */
  here: string;
  /** The code in its second cell. */
  code: string[];
  /** Its third cell. */
  note: string;
}

/** The rows of the tables whose first column is paho's. */
function readRows(): Row[] {
  const rows: Row[] = [];
  let section = "";
  let isMapping = false;
  const lines = Deno.readTextFileSync(PAGE).split(/\r?\n/);
  for (const [index, text] of lines.entries()) {
    section = /^## (.*)/.exec(text)?.[1] ?? section;
    if (/^\| paho /.test(text)) isMapping = true;
    else if (!text.startsWith("|")) isMapping = false;
    if (!isMapping || /^\| (paho |-)/.test(text)) continue;
    const [, paho = "", here = "", note = ""] = text.split(/(?<!\\)\|/)
      .map((cell) => cell.replaceAll("\\|", "|").trim());
    rows.push({
      section,
      line: index + 1,
      names: spansOf(paho).map((name) => name.replace(/\(.*/, "")),
      here,
      code: spansOf(here),
      note,
    });
  }
  return rows;
}

function spansOf(cell: string): string[] {
  return Array.from(cell.matchAll(/`([^`]+)`/g), ([, code = ""]) => code);
}

/**
 * Writes the rows down as tests. A snippet is statements, the last of which, an
 * expression, gives the value after ` // `.
 */
function writeTests(rows: Row[]): string {
  const inProject = (path: string) => new URL(`../${path}`, import.meta.url);
  const others = Object.keys(toolkit)
    .filter((name) => !["connect", "subscribe"].includes(name));
  return `
    import { assertEquals } from "@std/assert";
    import mqtt from "mqtt";
    import { ${others} } from "${inProject("lib/mod.ts")}";
    import { startFixture } from "${
    inProject("lessons/paho_to_mqttjs_fixture.ts")
  }";
    ${
    Array.from(Map.groupBy(rows, ({ section }) => section), writeSection)
      .join("\n")
  }`;
}

function writeSection([section, rows]: [string, Row[]]): string {
  const steps = rows.flatMap(({ line, names, code }) =>
    code.map((snippet) => writeStep(`line ${line}, ${names[0]}`, snippet))
  ).join("\n");
  return `Deno.test("${section}", async (t) => {
    const protocolVersion = ${section === MQTT5 ? 5 : 4};
    ${steps}
  });`;
}

function writeStep(name: string, snippet: string): string {
  const [, code = snippet, value] = / \/\/ /.test(snippet)
    ? /^(.*) \/\/ (.*)$/.exec(snippet)!
    : [];
  const end = code.lastIndexOf("; ") + 1;
  const expression = `await (${code.slice(end)})`;
  return `await t.step(${JSON.stringify(name)}, async () => {
    await using fixture = await startFixture(protocolVersion);
    const { ${VARIABLES} } = fixture;
    ${code.slice(0, end)}
    ${
    value === undefined ? expression : `assertEquals(${expression}, ${value})`
  };
  });`;
}

Deno.test("each row gives code or the word none, and no code that isn't run", () => {
  const rows = readRows();
  assert(rows.length > 100, `${rows.length} rows`);
  for (const { line, names, here, code, note } of rows) {
    assert(names.length > 0, `line ${line}`);
    if (code.length === 0) {
      assertEquals(here, "none", `line ${line}`);
      assertMatch(note, /^(?!none).+/, `line ${line}: what to do instead`);
    }
    for (const text of spansOf(note)) {
      assertMatch(text, /^[^\s(){};]+$/, `line ${line}`);
    }
  }
});

Deno.test("each line of code on the page gives what it says", async () => {
  const rows = readRows();
  await using place = await temporaryFile("paho_to_mqttjs_rows_test.ts");
  await Deno.writeTextFile(place.file, writeTests(rows));
  await using tests = startProcess(Deno.execPath(), [
    "test",
    ...denoFlags(),
    "--no-lock",
    "--allow-all",
    place.file,
  ], { NO_COLOR: "1" });
  const { code, stdout, stderr } = await tests.end();
  assertEquals(code, 0, stdout + stderr);
  const steps = rows.flatMap(({ code }) => code).length;
  assert(stdout.includes(`(${steps} steps)`), stdout);
});

// A public name of paho is one without a leading underscore whose value is
// paho's own: not a module, and not of another package (__module__ names the
// package of a function or a class). Constants have no __module__ and are its
// own; None stands where an optional module is missing. Of a class, the names are
// those that it, or a base of paho's, defines or sets in __init__.
const LIST_NAMES = `
import dis, types
from paho.mqtt import client, publish, subscribe

def is_own(value):
    package = getattr(value, "__module__", None) or "paho"
    return (value is not None and not isinstance(value, types.ModuleType)
            and package.split(".")[0] == "paho")

def attributes(cls):
    own = [base for base in cls.__mro__ if base.__module__.startswith("paho.")]
    stored = set()
    for base in own:
        if "__init__" in vars(base):
            stored.update(step.argval for step in dis.get_instructions(base.__init__)
                          if step.opname == "STORE_ATTR")
    try:
        stored.update(vars(cls()))
    except TypeError:
        pass  # It needs arguments, or keeps its attributes in slots.
    return stored.union(name for name in dir(cls)
                        if any(name in vars(base) for base in own))

def public(names):
    return sorted(name for name in names if not name.startswith("_"))

for module, prefix in (client, ""), (publish, "publish."), (subscribe, "subscribe."):
    for name in public(dir(module)):
        value = getattr(module, name)
        if not is_own(value):
            continue
        print(prefix + name)
        if isinstance(value, type):
            for attribute in public(attributes(value)):
                print(prefix + name + "." + attribute)
`;

test.paho("the page has every public name of paho's client, publish and subscribe, and no other", async ({ paho }) => {
  await using python = startProcess(paho, ["-c", LIST_NAMES]);
  const { code, stdout, stderr } = await python.end();
  assertEquals(code, 0, stderr);
  const names = new Set(stdout.trim().split(/\r?\n/));
  const onPage = new Set(readRows().flatMap((row) => row.names));
  assertEquals(Array.from(names.difference(onPage)), [], "The page lacks");
  assertEquals(Array.from(onPage.difference(names)), [], "paho hasn't");
});
