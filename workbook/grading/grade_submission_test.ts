import { assert, assertEquals, assertRejects } from "@std/assert";
import { listExercises } from "../exercises/exercises.ts";
import type { Exercise, Requirement } from "../checking/requirement.ts";
import type { Trial } from "../checking/trial.ts";
import { denoFlags } from "../../testing/deno_flags.ts";
import { gradeRequirement } from "./grade_requirement.ts";
import { gradeSubmission } from "./grade_submission.ts";
import { AdaptiveDeadline } from "./adaptive_deadline.ts";
import { test } from "../../testing/test_programs.ts";

const [presence] = await listExercises() as [Exercise];

function requirement(
  id: string,
  check: (trial: Trial) => Promise<unknown>,
): Requirement {
  const checkIt = async (trial: Trial) => void await check(trial);
  return { id, words: id, hint: 1, check: checkIt };
}

const common = () => ({
  seed: 1,
  flags: denoFlags(),
  signal: new AbortController().signal,
});

/** A submission of exercise 01 with this program. */
async function submit(text: string) {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  await Deno.mkdir(`${folder}/01_presence`);
  await Deno.writeTextFile(`${folder}/01_presence/main.ts`, text);
  return {
    submission: { name: "test", folder },
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

Deno.test("gradeSubmission() waits less for what never answers, and long for what lives", async () => {
  await using made = await submit("setInterval(() => console.log('.'), 50);");
  const hangs = (trial: Trial) => {
    trial.start();
    return trial.until("what never comes", () => false);
  };
  const deadlines: number[] = [];
  const slow = async (trial: Trial) => {
    const program = trial.start();
    const began = performance.now();
    try {
      await trial.until("ten lines", () => program.lines.length >= 10);
    } finally {
      deadlines.push(performance.now() - began);
    }
  };
  const exercise: Exercise = {
    ...presence,
    requirements: [
      ...Array.from("12345678", (id) => requirement(id, hangs)),
      requirement("slow", slow),
      requirement("quick", () => Promise.resolve()),
    ],
  };
  let graded = 0;
  const { exercises: [result] } = await gradeSubmission(made.submission, {
    ...common(),
    exercises: [exercise],
    deadlines: { long: 3000, short: 200 },
    onGrade: () => graded++,
  });
  assertEquals(
    result?.grades.map(({ requirement, state }) => [requirement.id, state]),
    [
      ...Array.from("12345678", (id) => [id, "failed"]),
      ["slow", "passed"],
      ["quick", "passed"],
    ],
  );
  assertEquals(graded, 10);
  assertEquals(deadlines.length, 2);
  assert(deadlines[0]! < 2000, `${deadlines}`);
});

Deno.test("gradeSubmission() tries once more what failed, unless all of it is wrong", async () => {
  await using made = await submit("");
  const tries: Record<string, number> = {};
  const count = (name: string) => tries[name] = (tries[name] ?? 0) + 1;
  const passes = (name: string, { from }: { from: number }) =>
    requirement(
      name,
      (trial) =>
        Promise.resolve(trial.expect(count(name) >= from, "a quick machine")),
    );
  const exercises: Exercise[] = [
    {
      ...presence,
      requirements: [
        passes("late", { from: 2 }),
        passes("wrong", { from: 3 }),
        passes("quick", { from: 1 }),
      ],
    },
    {
      ...presence,
      name: "02_button",
      requirements: [
        passes("dead", { from: 3 }),
        passes("dead, too", { from: 3 }),
      ],
    },
    {
      ...presence,
      name: "03_chat",
      requirements: [
        passes("slow", { from: 2 }),
        passes("slow, too", { from: 2 }),
      ],
    },
  ];
  for (const { name } of exercises.slice(1)) {
    await Deno.mkdir(`${made.submission.folder}/${name}`);
    await Deno.writeTextFile(`${made.submission.folder}/${name}/main.ts`, "");
  }
  const graded = await gradeSubmission(made.submission, {
    ...common(),
    exercises,
    onGrade: () => {},
  });
  assertEquals(
    graded.exercises.map(({ grades }) => grades.map(({ state }) => state)),
    [
      ["passed", "failed", "passed"],
      ["failed", "failed"],
      ["passed", "passed"],
    ],
  );
  assertEquals(tries, {
    "late": 2,
    "wrong": 2,
    "quick": 1,
    "dead": 2,
    "dead, too": 1,
    "slow": 2,
    "slow, too": 2,
  });
});

Deno.test("gradeSubmission() ends a submission that takes too long in all", async () => {
  await using made = await submit(
    "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);",
  );
  let running = 0;
  let most = 0;
  const checks: Promise<unknown>[] = [];
  const hangs = async (trial: Trial) => {
    trial.start();
    most = Math.max(most, ++running);
    const check = trial.until("what never comes", () => false)
      .finally(() => running--);
    checks.push(check);
    await check;
  };
  const exercise: Exercise = {
    ...presence,
    requirements: Array.from(
      { length: 20 },
      (_, index) => requirement(`${index}`, hangs),
    ),
  };
  const began = performance.now();
  const { exercises: [result] } = await gradeSubmission(made.submission, {
    ...common(),
    exercises: [exercise],
    deadlines: { long: 60_000, short: 60_000 },
    budget: 2000,
    onGrade: () => {},
  });
  const grades = result?.grades ?? [];
  assert(performance.now() - began < 30_000);
  assert(most > 0 && most <= 6, `${most} at once`);
  assertEquals(grades.filter(({ state }) => state === "failed").length, 20);
  assertEquals(
    grades.filter(({ report }) =>
      report === "Not checked: before it, the submission took 2 s"
    ).length,
    14,
  );
  await Promise.allSettled(checks);
});

Deno.test("gradeSubmission() doesn't run what imports files from elsewhere", async () => {
  await using made = await submit(
    'import "file:///etc/passwd"; console.log("It runs");',
  );
  const { exercises: [result] } = await gradeSubmission(made.submission, {
    ...common(),
    exercises: [{
      ...presence,
      requirements: [
        requirement("runs", () => Promise.reject(new Error("It is checked"))),
      ],
    }],
    onGrade: () => {},
  });
  assertEquals(result?.state, "refused");
  assertEquals(
    result?.grades[0]?.report,
    'Refused: it imports "file:///etc/passwd", which is neither its own nor ' +
      "the toolkit's",
  );
});

Deno.test("gradeRequirement() ends a check that takes too long, and one that breaks", async () => {
  const grade = (check: Requirement["check"]) =>
    gradeRequirement({
      exercise: presence,
      requirement: requirement("x", check),
      programs: { files: {} },
    }, { ...common(), deadline: 60_000, limit: 300 });
  const late = await grade(() => new Promise(() => {}));
  assertEquals(late.state, "failed");
  assert(late.report.includes("Expected: all of it within 0.3 s"));
  assertEquals(late.isBroken, undefined);

  const broken = await grade(() => Promise.reject(new Error("Disk is full")));
  assertEquals(broken.state, "failed");
  assertEquals(broken.isBroken, true);
  assert(broken.report.endsWith("Disk is full"));
});

Deno.test("gradeRequirement() ends when it is told to", async () => {
  const controller = new AbortController();
  const task = {
    exercise: presence,
    requirement: requirement("x", () => {
      controller.abort();
      return new Promise(() => {});
    }),
    programs: { files: {} },
  };
  const options = { ...common(), signal: controller.signal, deadline: 1000 };
  await assertRejects(() => gradeRequirement(task, options), DOMException);
});

test.unix("gradeRequirement() ends though a program leaves another one behind", async () => {
  const { state, seconds } = await gradeRequirement({
    exercise: presence,
    requirement: requirement("x", (trial) => {
      const program = trial.start();
      return trial.until("a line", () => program.lines.includes("ready"));
    }),
    programs: {
      files: {},
      command: ["sh", "-c", "sleep 25 & echo ready; exec sleep 25"],
    },
  }, { ...common(), deadline: 10_000 });
  assertEquals(state, "passed");
  assert(seconds < 15, `It took ${seconds} s`);
});

Deno.test("AdaptiveDeadline ends with waits in vain, and comes back with a success", () => {
  const adaptive = new AdaptiveDeadline({ long: 1000, short: 100 });
  const fail = (isLate: boolean) => adaptive.learn({ state: "failed", isLate });
  for (let times = 0; times < 10; times++) fail(false);
  assertEquals(adaptive.deadline, 1000);
  for (let times = 0; times < 3; times++) fail(true);
  assertEquals(adaptive.deadline, 100);
  adaptive.learn({ state: "passed" });
  assertEquals(adaptive.deadline, 1000);
});
