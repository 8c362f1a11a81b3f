import { assert, assertEquals } from "@std/assert";
import { times } from "../../testing/test.ts";

const HERE = new URL("./", import.meta.url);

/**
 * How many statements each section of MQTT 5.0 has, by its appendix B. They are
 * numbered from 1, but those of 2.2.1 from 2.
 */
const STATEMENTS: Readonly<Record<string, number>> = {
  ...{ "1.5.4": 3, "1.5.5": 1, "1.5.7": 1, "2.1.3": 1, "2.2.1": 6 },
  ...{ "2.2.2": 1, "3.1.0": 2, "3.1.2": 30, "3.1.3": 12, "3.1.4": 6 },
  ...{ "3.2.0": 2, "3.2.2": 22, "3.3.1": 13, "3.3.2": 20, "3.3.4": 10 },
  ...{ "3.4.2": 3, "3.5.2": 3, "3.6.1": 1, "3.6.2": 3, "3.7.2": 3 },
  ...{ "3.8.1": 1, "3.8.3": 5, "3.8.4": 8, "3.9.2": 2, "3.9.3": 2 },
  ...{ "3.10.1": 1, "3.10.3": 2, "3.10.4": 6, "3.11.2": 2, "3.11.3": 2 },
  ...{ "3.12.4": 1, "3.14.0": 1, "3.14.1": 1, "3.14.2": 4, "3.14.4": 3 },
  ...{ "3.15.1": 1, "3.15.2": 3, "4.1.0": 2, "4.2.0": 1, "4.3.1": 1 },
  ...{ "4.3.2": 5, "4.3.3": 13, "4.4.0": 2, "4.5.0": 2, "4.6.0": 6 },
  ...{ "4.7.0": 1, "4.7.1": 2, "4.7.2": 1, "4.7.3": 4, "4.8.2": 6 },
  ...{ "4.9.0": 3, "4.12.0": 7, "4.12.1": 2, "4.13.1": 1, "4.13.2": 1 },
  ...{ "6.0.0": 4 },
};

/** A row of the table. */
interface Row {
  statement: string;
  demand: string;
  /** Files, from this folder, and the tests in them. */
  tests: [file: string, names: string[]][];
  /** Why no test can show it, or not all of it. */
  reason: string;
}

/** How a reason begins: with what kind of reason it is. */
const REASON = /^(binds the client|can't (arise|be seen|be exceeded))\b/i;

/** `file`: "name", "name"; the next one follows after a semicolon. */
const TESTS = /`([^`]+)`: ((?:"[^"]+"(?:, )?)+)/g;

function readRows(page: string): Row[] {
  const lines = page.split("\n").filter((line) => line.startsWith("| "));
  return lines.map((line) => line.split("|").map((cell) => cell.trim()))
    .filter(([, first = ""]) => first !== "statement" && !first.startsWith("-"))
    .map(([, statement = "", demand = "", shown = "", ...rest]) => {
      assertEquals(rest, [""], `${statement} has more cells than three`);
      const tests = [...shown.matchAll(TESTS)].map(
        ([, file = "", names = ""]): Row["tests"][number] => [
          file,
          names.slice(1, -1).split('", "'),
        ],
      );
      const reason = shown.replaceAll(TESTS, "").replace(/^[; ]+/, "");
      return { statement, demand, tests, reason };
    });
}

async function testNames(file: string): Promise<Set<string>> {
  const source = await Deno.readTextFile(new URL(file, HERE));
  const names = source.matchAll(/\btest(?:\.\w+)?\(\s*("(?:[^"\\]|\\.)*")/g);
  return new Set([...names].map(([, name]) => JSON.parse(name!)));
}

/** What is wrong with a table, a line for each fault. */
async function faultsOf(page: string): Promise<string[]> {
  const rows = readRows(page);
  const faults: string[] = [];
  const missing = new Set(
    Object.entries(STATEMENTS).flatMap(([section, count]) =>
      times(count, (index) => `MQTT-${section}-${index + 1}`)
    ),
  );
  missing.delete("MQTT-2.2.1-1");
  const known = new Set(missing);
  const files = new Map<string, Promise<Set<string>>>();
  for (const { statement, demand, tests, reason } of rows) {
    if (!known.has(statement)) faults.push(`${statement}: unknown`);
    else if (!missing.delete(statement)) faults.push(`${statement}: twice`);
    if (demand === "") faults.push(`${statement}: asks nothing`);
    if (tests.length === 0 && reason === "") {
      faults.push(`${statement}: neither test nor reason`);
    }
    if (reason !== "" && !REASON.test(reason)) {
      faults.push(`${statement}: no reason, "${reason}"`);
    }
    for (const [file, names] of tests) {
      if (!files.has(file)) {
        files.set(file, testNames(file).catch(() => new Set()));
      }
      const there = await files.get(file)!;
      for (const name of names) {
        if (!there.has(name)) {
          faults.push(`${statement}: no "${name}" in ${file}`);
        }
      }
    }
  }
  for (const statement of missing) faults.push(`${statement}: missing`);
  return faults;
}

const PAGE = await Deno.readTextFile(new URL("conformance.md", HERE));

Deno.test("conformance.md has each statement of MQTT 5 once, with tests that are there or a reason", async () => {
  assertEquals(await faultsOf(PAGE), []);
});

Deno.test("conformance.md's check notices each fault that there can be", async () => {
  const row = PAGE.split("\n").find((line) => line.includes("MQTT-3.12.4-1"));
  assert(row !== undefined);
  const cells = row.split("|");
  const changed = (cell: number, text: string) =>
    PAGE.replace(row, cells.with(cell, ` ${text} `).join("|"));
  const file = "conformance/session_test.ts";
  const cases: [page: string, ...faults: string[]][] = [
    [PAGE.replace(row, ""), "MQTT-3.12.4-1: missing"],
    [PAGE.replace(row, `${row}\n${row}`), "MQTT-3.12.4-1: twice"],
    [
      changed(1, "MQTT-3.12.4-2"),
      "MQTT-3.12.4-2: unknown",
      "MQTT-3.12.4-1: missing",
    ],
    [
      changed(1, "3.12.4-1"),
      "3.12.4-1: unknown",
      "MQTT-3.12.4-1: missing",
    ],
    [changed(2, ""), "MQTT-3.12.4-1: asks nothing"],
    [changed(3, ""), "MQTT-3.12.4-1: neither test nor reason"],
    [changed(3, "Too hard"), 'MQTT-3.12.4-1: no reason, "Too hard"'],
    [
      changed(3, `\`${file}\`: "it pings"`),
      `MQTT-3.12.4-1: no "it pings" in ${file}`,
    ],
    [
      changed(3, '`gone_test.ts`: "a", "b"'),
      'MQTT-3.12.4-1: no "a" in gone_test.ts',
      'MQTT-3.12.4-1: no "b" in gone_test.ts',
    ],
    [changed(3, "Binds the client.")],
  ];
  for (const [page, ...faults] of cases) {
    assertEquals(await faultsOf(page), faults);
  }
});
