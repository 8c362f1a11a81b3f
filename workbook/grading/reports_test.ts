import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { test } from "../../testing/test_programs.ts";
import { parse } from "@std/csv";
import { startProcess } from "../../testing/processes.ts";
import { displayWidth } from "../terminal/wrap.ts";
import type { Exercise, Requirement } from "../checking/requirement.ts";
import type { ExerciseGrade, Grade, Grading } from "./grade.ts";
import { toCsv, toJson, toMarks } from "./report_data.ts";
import { toJunit } from "./report_junit.ts";
import { toTable } from "./report_table.ts";

const requirement = (id: string, extra = false): Requirement => ({
  id,
  words: `The program says "${id}" <to> all & everybody, in words that take ` +
    "more than a line of a terminal",
  extra,
  hint: 1,
  check: () => Promise.resolve(),
});
const chat: Exercise = {
  name: "03_chat",
  programs: ["main"],
  requirements: [requirement("arrives"), requirement("will", true)],
};
const fleet: Exercise = {
  name: "10_fleet",
  programs: ["main"],
  requirements: [requirement("alerts"), requirement("leaves")],
};

/** What a nasty program might print. */
const NASTY =
  'Expected: ]]> & <b> "é" 안녕 🙂\r\n\tSeen: \x00\x1b[2J\ud800 \uffff';

function grade(
  { requirements }: Exercise,
  index: number,
  state: Grade["state"],
  more: Partial<Grade> = {},
): Grade {
  const report = state === "failed" ? NASTY : "";
  return {
    requirement: requirements[index]!,
    state,
    report,
    seconds: 1.5,
    ...more,
  };
}

const notStarted = (exercise: Exercise): ExerciseGrade => ({
  exercise,
  state: "not started",
  note: "missing",
  grades: exercise.requirements.map((_, index) =>
    grade(exercise, index, "failed")
  ),
});

const anna = {
  submission: { name: 'anna & "안나" <1>', folder: "/in/anna" },
  exercises: [
    {
      exercise: chat,
      state: "checked" as const,
      note: "",
      grades: [grade(chat, 0, "passed"), grade(chat, 1, "failed")],
    },
    notStarted(fleet),
  ],
};
const ben = {
  submission: { name: "=ben", folder: "/in/ben" },
  exercises: [
    {
      exercise: chat,
      state: "refused" as const,
      note: 'it imports "file:///etc/passwd"',
      grades: [grade(chat, 0, "failed"), grade(chat, 1, "failed")],
    },
    {
      exercise: fleet,
      state: "checked" as const,
      note: "",
      grades: [
        grade(fleet, 0, "skipped", { report: "Not on Windows" }),
        grade(fleet, 1, "failed", {
          report: "The check broke",
          isBroken: true,
        }),
      ],
    },
  ],
};
const grading: Grading = {
  seed: 42,
  exercises: [chat, fleet],
  submissions: [anna, ben],
  seconds: 12.3,
};

Deno.test("toMarks() has a row for each submission, and what there is to reach", () => {
  assertEquals(
    parse(toMarks(grading)),
    [
      ["submission", "03_chat", "10_fleet", "required", "extra"],
      ["points", "1", "2", "3", "1"],
      ['anna & "안나" <1>', "1", "", "1", "0"],
      ["'=ben", "refused", "0", "0", "0"],
    ],
  );
});

Deno.test("toTable() shows many submissions in a line each", () => {
  assertEquals(
    toTable(grading),
    `\
Submission         03  10 Required Extra
points            1+1 2+0        3     1
anna & "안나" <1> 1+0   -        1     0
=ben                ! 0+0        0     0

3+1 stands for 3 required and 1 extra passed, - for not started, ! for refused

Submissions: 2; on average 0.5 required and 0.0 extra
Exercises refused: 1
Checks skipped on this system: 1
Checks broken, to be repeated: 1
Seed: 42; time: 12 s
`,
  );
});

Deno.test("toTable() shows one submission in detail, in 80 columns", () => {
  const table = toTable({ ...grading, submissions: [anna] });
  for (const line of table.split("\n")) assert(displayWidth(line) <= 80, line);
  for (
    const text of [
      "03_chat                                                              1/1     0/1",
      '  ✓ The program says "arrives"',
      '  ✗ The program says "will"',
      "(extra)",
      "      Expected: ]]>",
      "10_fleet                                                             0/2     0/0",
      "  not started: missing",
      "All                                                                  1/3     0/1",
    ]
  ) assertStringIncludes(table, text);
});

Deno.test("toTable() keeps a terminal from what a program prints", () => {
  const table = toTable({ ...grading, submissions: [anna] });
  // deno-lint-ignore no-control-regex
  assert(!/[\x00-\x09\x0b-\x1f]/.test(table));
});

Deno.test("toJson() says all, in the form that the help documents", () => {
  const { seed, seconds, exercises, submissions } = JSON.parse(toJson(grading));
  assertEquals({ seed, seconds, exercises }, {
    seed: 42,
    seconds: 12.3,
    exercises: [
      { name: "03_chat", required: 1, extra: 1 },
      { name: "10_fleet", required: 2, extra: 0 },
    ],
  });
  const { exercises: own, ...rest } = submissions[0];
  assertEquals(rest, {
    name: 'anna & "안나" <1>',
    folder: "/in/anna",
    required: 1,
    extra: 0,
  });
  assertEquals(own[0], {
    name: "03_chat",
    state: "checked",
    note: "",
    required: 1,
    extra: 0,
    requirements: [
      {
        id: "arrives",
        words: chat.requirements[0]!.words,
        part: "required",
        state: "passed",
        seconds: 1.5,
        report: "",
      },
      {
        id: "will",
        words: chat.requirements[1]!.words,
        part: "extra",
        state: "failed",
        seconds: 1.5,
        report: NASTY,
      },
    ],
  });
  assertEquals(own[1].state, "not started");
  assertEquals(submissions[1].exercises[1].requirements[1].state, "broken");
});

Deno.test("toCsv() has a row for each requirement, and no formula", () => {
  const rows = parse(toCsv(grading), { skipFirstRow: true });
  assertEquals(rows.length, 8);
  assertEquals(rows[1], {
    submission: 'anna & "안나" <1>',
    exercise: "03_chat",
    requirement: "will",
    part: "extra",
    state: "failed",
    points: "0",
  });
  assertEquals(rows[2]?.state, "not started");
  assertEquals(rows[4]?.submission, "'=ben");
  assertEquals(rows[4]?.state, "refused");
});

Deno.test("toCsv() guards all forms of a formula in a folder's name", () => {
  const [first] = grading.submissions;
  const names: [name: string, cell: string][] = [
    ["=1", "'=1"],
    ["x;=1", "x;'=1"],
    ["＝1", "'＝1"],
    ["＠x", "'＠x"],
    ["\n=1", "\\n'=1"],
    ["\t+1", "\\t'+1"],
    ["a-b", "a-b"],
  ];
  for (const [name, cell] of names) {
    const submissions = [{ ...first!, submission: { name, folder: "/in" } }];
    const [row] = parse(toCsv({ ...grading, submissions }), {
      skipFirstRow: true,
    });
    assertEquals(row?.submission, cell);
  }
});

/** Reads a file with a parser that others wrote, and prints what is in it. */
const READ_JUNIT = `
import json, sys, xml.etree.ElementTree as tree
root = tree.parse(sys.stdin).getroot()
print(json.dumps([root.tag, root.attrib, [
    [suite.attrib, [[case.attrib, [[child.tag, child.attrib, child.text]
        for child in case]] for case in suite.iter("testcase")]]
    for suite in root.findall("testsuite")]]))
`;

test.paho("toJunit() is what an XML parser reads", async ({ paho }) => {
  await using python = startProcess(paho, ["-c", READ_JUNIT]);
  await python.write(toJunit(grading));
  const { stdout } = await python.end();
  const [tag, counts, suites] = JSON.parse(stdout);
  assertEquals(tag, "testsuites");
  const { tests, failures, errors, skipped } = counts;
  assertEquals(
    [tests, failures, errors, skipped],
    ["8", "5", "1", "1"],
  );
  assertEquals(suites.length, 4);
  const [{ name }, cases] = suites[0];
  assertEquals(name, 'anna & "안나" <1>: 03_chat');
  const classname = 'anna & "안나" <1>.03_chat';
  assertEquals(cases[0], [{ classname, name: "arrives", time: "1.500" }, []]);
  const [attributes, [[kind, , text]]] = cases[1];
  assertEquals(attributes.name, "will (extra)");
  assertEquals(kind, "failure");
  assertEquals(
    text,
    'Expected: ]]> & <b> "é" 안녕 🙂\r\n\tSeen: \ufffd\ufffd[2J\ufffd \ufffd',
  );
  const children = suites[3][1].map((one: [unknown, [string][]]) =>
    one[1][0]?.[0]
  );
  assertEquals(children, ["skipped", "error"]);
});
