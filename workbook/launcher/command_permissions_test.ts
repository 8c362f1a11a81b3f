/**
 * Why each command has the permissions that it has. Without one of them it must
 * fail, and say that it lacks it.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { pathToFileURL } from "node:url";
import { startBroker } from "../../lib/mod.ts";
import type { Command } from "./commands.ts";
import { denoFlags } from "../../testing/deno_flags.ts";
import { copyExercises, WORK } from "../../testing/project/exercises.ts";
import {
  type Attempt,
  findNeedless,
  omissions,
} from "../../testing/project/permissions.ts";

/** Why a command has a permission. */
interface Need {
  /** What it does with it. */
  why: string;
  /** Arguments with which it does so. */
  args: string[];
}

const ENV = "MQTT.js's logger lists all variables when it is loaded";
const BROKER = "the broker may be anywhere";
const READ_FILE = "the file may be anywhere";
const PROJECT = "exercises and progress are in the project";

/** A command that speaks MQTT, whatever its other permissions are for. */
function talks(...args: string[]): Record<string, Need> {
  return {
    "--allow-env": { why: ENV, args },
    "--allow-net": { why: BROKER, args },
  };
}

/** Commands that save readings to a file. */
function records(...args: string[]): Record<string, Need> {
  return {
    ...talks(...args),
    "--allow-read": {
      why: "a last row that was torn is mended, wherever the file is",
      args,
    },
    "--allow-write": { why: READ_FILE, args },
  };
}

const NEEDS: Record<string, Record<string, Need>> = {
  start: records("--seconds", "1"),
  broker: {
    ...talks("--port", "0"),
    "--allow-read": {
      why: READ_FILE,
      args: ["--port", "0", "--password-file", "x"],
    },
  },
  "broker:passwd": {
    "--allow-env=MQTT_PASSWORD": {
      why: "the password may be there",
      args: ["x", "ann", "--from-variable"],
    },
    "--allow-read": { why: READ_FILE, args: ["x"] },
    "--allow-write": {
      why: READ_FILE,
      args: ["x", "ann", "--password", "secret"],
    },
  },
  "broker:certificate": {
    "--allow-read": { why: READ_FILE, args: ["--dir", "x"] },
    "--allow-write": { why: READ_FILE, args: ["--dir", "x"] },
    "--allow-sys=hostname": {
      why: "clients may know this computer by its name",
      args: ["--dir", "x"],
    },
    "--allow-sys=networkInterfaces": {
      why: "clients may know this computer by its addresses",
      args: ["--dir", "x"],
    },
  },
  sensors: talks(),
  record: records(),
  pub: {
    ...talks("-t", "iot/x", "-m", "1"),
    "--allow-read": { why: READ_FILE, args: ["-t", "iot/x", "-f", "x"] },
  },
  sub: {
    ...talks("-t", "iot/x"),
    "--allow-read": {
      why: "--cafile FILE: the file may be anywhere",
      args: ["-t", "iot/x", "--cafile", "x"],
    },
  },
  lessons: {
    "--allow-read=lessons": { why: "they are described there", args: [] },
  },
  "lesson:01": {
    ...talks(),
    "--allow-read=lessons": { why: "they are described there", args: [] },
    "--allow-run=deno": { why: "each program is a process", args: [] },
  },
  exercises: {
    "--allow-read=": { why: PROJECT, args: [] },
  },
  check: {
    ...talks("01"),
    "--allow-run": { why: "programs may be in any language", args: ["01"] },
    "--allow-read": { why: "Deno makes links only so", args: ["01"] },
    "--allow-write": { why: "Deno makes links only so", args: ["01"] },
  },
  hint: {
    "--allow-read=": { why: PROJECT, args: ["01"] },
    "--allow-write=.workbook": { why: "the last hint is noted", args: ["01"] },
  },
  solution: {
    "--allow-read=": { why: PROJECT, args: ["01", "--yes"] },
  },
  "test:faults": {
    "--allow-env": { why: ENV, args: [] },
    "--allow-read": {
      why: "the toolkit is copied, to take a cure out",
      args: ["--without", "resubscription"],
    },
    "--allow-run": {
      why: "brokers are processes",
      args: ["--minutes", "0.01"],
    },
    "--allow-write": {
      why: "the toolkit is copied, to take a cure out",
      args: ["--without", "resubscription"],
    },
  },
  "test:load": {
    "--allow-env=WORKBOOK_FLAGS": {
      why: "broker and clients find the packages where it does",
      args: [],
    },
    "--allow-run=sh": { why: "it asks for the limit of open files", args: [] },
    "--allow-run=deno": { why: "broker and clients are processes", args: [] },
    "--allow-read=lessons": {
      why: "the broker's command stands in a list with the lessons",
      args: [],
    },
    "--allow-write=.workbook": {
      why: "what it watches records to a file there",
      args: ["--start"],
    },
  },
  copy: {
    "--allow-read=": { why: PROJECT, args: ["exercise:01", "x"] },
  },
  reset: {
    "--allow-read=": { why: PROJECT, args: ["01"] },
    "--allow-write=.workbook": { why: "the work is kept there", args: ["01"] },
    "--allow-write=exercises": { why: "the stub comes back", args: ["01"] },
  },
};

/** Commands that do the same as another, and so have the same permissions. */
const LIKE: Record<string, string> = { watch: "check", grade: "check" };

/** What runs the project's own tests and measurements may do whatever it likes. */
const RUNNERS = ["test", "test:fuzz", "bench", "check-all"];

/** How a permission is named above: its place is seen from the project's folder. */
function nameOf(permission: string, folder: string): string {
  return permission
    .replace(Deno.execPath(), "deno")
    .replace(
      /=(.*)$/,
      (whole, place) =>
        place.startsWith(folder) ? `=${place.slice(folder.length + 1)}` : whole,
    );
}

/** The permissions of a command's run, and what comes after them. */
function takeApart({ steps }: Command, args: string[]) {
  const [step] = steps(args);
  const words = step!.args;
  const place = words.findIndex((word) => !word.startsWith("-"));
  return { step: step!, flags: words.slice(0, place), module: words[place]! };
}

Deno.test("COMMANDS have no permission that they can do without", async () => {
  // A student's project, so that nothing happens to this one.
  await using project = await copyExercises();
  await project.write(WORK, "// Begun");
  const { folder } = project;
  const source = pathToFileURL(`${folder}/workbook/launcher/commands.ts`).href;
  const { COMMANDS } = await import(source) as {
    COMMANDS: Record<string, Command>;
  };
  await using broker = await startBroker({ port: 0 });

  const attempts: Attempt[] = [];
  const permissions = new Map<string, string[]>();
  for (const [name, command] of Object.entries(COMMANDS)) {
    if (RUNNERS.includes(name)) continue;
    const { flags } = takeApart(command, []);
    const needs = NEEDS[LIKE[name] ?? name.replace(/:\d+$/, ":01")] ?? {};
    const names = omissions(flags)
      .map(({ permission }) => nameOf(permission, folder));
    // Each has a reason, and each reason is for one that is there.
    assertEquals(names, Object.keys(needs), `${name}: reasons`);
    permissions.set(name, flags);
    if (NEEDS[name] === undefined) continue;
    for (const omission of omissions(flags)) {
      const { args } = needs[nameOf(omission.permission, folder)]!;
      const { step, module } = takeApart(command, args);
      attempts.push({
        ...omission,
        name,
        module,
        args,
        folder,
        variables: {
          WORKBOOK_FLAGS: JSON.stringify(denoFlags()),
          ...step.variables,
          MQTT_URL: broker.url,
        },
      });
    }
  }
  for (const [name, other] of Object.entries(LIKE)) {
    assertEquals(permissions.get(name), permissions.get(other), name);
  }
  assertEquals(await findNeedless(attempts), []);
});
