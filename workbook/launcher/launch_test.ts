import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import {
  copyProject,
  type Project,
  type RunOptions,
} from "../../testing/project/project.ts";
import { startRegistry } from "../../testing/project/registry.ts";
import { test } from "../../testing/test_programs.ts";

const STAND_INS_NOTICE =
  "JSR can't be reached: using the npm stand-ins for @std\n";

/** Stands where `deno task hint` is, and tells where its `@std/csv` is from. */
const TELL_SOURCE = `
import * as csv from "@std/csv";
console.log("source" in csv ? "jsr" : csv.stringify([["npm"]]).trim());
`;

/** Copies the project, with a program of the test's own behind `deno task hint`. */
async function projectWith(program: string): Promise<Project> {
  const project = await copyProject();
  await project.write("workbook/commands/hint.ts", program);
  return project;
}

/** Runs `deno task hint` to its end. */
function runHint(project: Project, options: RunOptions = {}) {
  return project.run(["task", "--quiet", "hint"], options);
}

Deno.test("launch() runs a command with the real packages if JSR answers", async () => {
  await using project = await projectWith(TELL_SOURCE);
  await using registry = startRegistry("serve");
  const { code, output, errors } = await runHint(project, {
    jsrUrl: registry.url,
  });
  assertEquals([code, output, errors], [0, "jsr\n", ""]);
});

Deno.test("launch() says once an hour that it uses the stand-ins, if JSR refuses", async () => {
  await using project = await projectWith(TELL_SOURCE);
  for (const notice of [STAND_INS_NOTICE, ""]) {
    const { code, output, errors } = await runHint(project);
    assertEquals({ code, output }, { code: 0, output: "npm\n" });
    assertEquals(errors, notice);
  }
});

Deno.test("launch() doesn't hang where JSR accepts and never answers", async () => {
  await using project = await projectWith(TELL_SOURCE);
  await using registry = startRegistry("silent");
  const { output, errors, milliseconds } = await runHint(project, {
    jsrUrl: registry.url,
  });
  assertEquals(output, "npm\n");
  assertEquals(errors, STAND_INS_NOTICE);
  assertLess(milliseconds, 10_000);
  assertEquals(registry.requests.length, 1);
});

Deno.test("launch() neither asks nor tells if WORKBOOK_STD is given", async () => {
  await using project = await projectWith(TELL_SOURCE);
  await using registry = startRegistry("serve");
  const { output, errors } = await runHint(project, {
    jsrUrl: registry.url,
    variables: { WORKBOOK_STD: "npm" },
  });
  assertEquals({ output, errors }, { output: "npm\n", errors: "" });
  assertEquals(registry.requests, []);
});

Deno.test("launch() passes arguments on and the exit code back", async () => {
  await using project = await projectWith(`
    console.log(JSON.stringify(Deno.args));
    Deno.exit(3);
  `);
  const args = ["-t", "iot/#", "-m", "two words", "--", "*"];
  const { code, output } = await project.run(
    ["task", "--quiet", "hint", ...args],
  );
  assertEquals(code, 3);
  assertEquals(JSON.parse(output), args);
});

Deno.test("a command runs where the user stands, with the launcher and without", async () => {
  await using project = await projectWith("console.log(Deno.cwd());");
  await project.write(
    "workbook/commands/pub.ts",
    `import { enterUserFolder } from "../options/user_folder.ts";
    enterUserFolder();
    console.log(Deno.cwd());`,
  );
  const folder = project.folder.replaceAll("\\", "/");
  for (const task of ["hint", "pub"]) {
    const stands = async (from: string) => {
      const { output } = await project.run(["task", "--quiet", task], {
        variables: { INIT_CWD: from },
      });
      return output.trim().replaceAll("\\", "/");
    };
    const inside = `${project.folder}/workbook`;
    assertEquals(await stands(inside), `${folder}/workbook`, task);
    assertEquals(await stands(Deno.cwd()), folder, task);
  }
});

Deno.test("launch() says how to start a broker, where there is none and a lesson's program waits", async () => {
  await using project = await copyProject();
  const variables = { MQTT_URL: "", WORKBOOK_LOCAL_BROKER: "127.0.0.1:1" };
  const header =
    "/**\n * @run deno run lessons/02_subscribe/subscriber.ts\n */\n";
  const subscriber = "lessons/02_subscribe/subscriber.ts";
  await project.write(
    subscriber,
    `${header}await new Response(Deno.stdin.readable).text(); // brokerUrl()`,
  );
  const start = () =>
    project.start(["task", "--quiet", "lesson:02", "subscriber"], {
      variables,
    });
  await using program = start();
  await program.untilLogged(
    "No broker at 127.0.0.1:1 yet: deno task broker, in another terminal, starts one\n",
  );
  await program.end();
  // One that ends has said by itself why.
  await project.write(subscriber, `${header}Deno.exit(2); // brokerUrl()`);
  await using mistaken = start();
  const { code, stderr } = await mistaken.end();
  assertEquals({ code, stderr }, { code: 2, stderr: "" });
});

Deno.test("launch() lists the commands if none or an unknown one is given", async () => {
  await using project = await copyProject();
  const launcher = ["run", "--cached-only", "-ERNW", "workbook/main.ts"];
  const none = await project.run(launcher);
  assertEquals(none.code, 0);
  assertMatch(none.output, /^ {2}check-all +Check /m);
  const unknown = await project.run([...launcher, "toString"]);
  assertEquals(unknown.code, 2);
  assertEquals(unknown.errors, `Unknown command "toString"\n\n${none.output}`);
});

Deno.test("launch() runs all of a command's steps and names those that fail", async () => {
  await using project = await copyProject();
  await project.write(
    "workbook/launcher/commands.ts",
    `const step = (name, code) => ({
      ...{ name, subcommand: "eval", args: ["Deno.exit(" + code + ")"] },
      ...{ loadsModules: false, runsInUserFolder: false },
    });
    export class UnknownNameError extends Error {}
    export const describeCommands = () => "";
    export const COMMANDS = {
      hint: { steps: () => [step("one", 1), step("two", 0), step("three", 3)] },
    };`,
  );
  const { code, errors } = await runHint(project, {
    variables: { WORKBOOK_STD: "npm" },
  });
  assertEquals(
    [code, errors],
    [1, "hint: one\nhint: two\nhint: three\nhint failed: one, three\n"],
  );
});

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  test.unix(`launch() passes ${signal} on, once`, async () => {
    await using project = await projectWith(`
      const ended = Promise.withResolvers();
      Deno.addSignalListener("${signal}", () => {
        console.log("${signal}");
        // Leaves time for a second one, which would be a mistake, to arrive.
        setTimeout(ended.resolve, 100);
      });
      console.log("ready");
      await ended.promise;
      Deno.exit(7);
    `);
    // Not by "deno task", which now and then passes a signal on twice.
    const flags = ["--cached-only", "-ERNW", "--allow-run"];
    const args = ["run", ...flags, "workbook/main.ts", "hint"];
    await using launcher = project.start(args);
    await launcher.untilPrinted("ready\n");
    const { stdout, stderr, code } = await launcher.stop(signal);
    assertEquals([stdout, code], [`ready\n${signal}\n`, 7]);
    assert(stderr);
  });
}

Deno.test("launch() says which programs a lesson has, if it lacks the named one", async () => {
  await using project = await copyProject();
  const { code, output, errors } = await project.run(
    ["task", "--quiet", "lesson:13", "door"],
  );
  assertEquals({ code, output, errors }, {
    code: 2,
    output: "",
    errors: 'Lesson 13 has no program "door": it has command, gate\n',
  });
});
