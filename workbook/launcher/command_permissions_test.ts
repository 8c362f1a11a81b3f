/**
 * Why each command has the permissions that it has, and that it uses them.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { pathToFileURL } from "node:url";
import { startBroker } from "../../lib/mod.ts";
import { findPrograms } from "../cluster/find_engine.ts";
import type { Command } from "./commands.ts";
import { denoFlags } from "../../testing/deno_flags.ts";
import { copyExercises, WORK } from "../../testing/project/exercises.ts";
import {
  findNeedless,
  omissions,
  type Trial,
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

function need(why: string, ...args: string[]): Need {
  return { why, args };
}

/** A command that speaks MQTT, whatever its other permissions are for. */
function talks(...args: string[]): Record<string, Need> {
  return {
    "--allow-env": need(ENV, ...args),
    "--allow-net": need(BROKER, ...args),
  };
}

/** Commands that save readings to a file. */
function records(...args: string[]): Record<string, Need> {
  return {
    ...talks(...args),
    "--allow-read": need("a last row that was torn is mended", ...args),
    "--allow-write": need(READ_FILE, ...args),
  };
}

const WITHOUT = ["--without", "resubscription"];

const NEEDS: Record<string, Record<string, Need>> = {
  start: records("--seconds", "1"),
  broker: {
    ...talks("--port", "0"),
    "--allow-read": need(READ_FILE, "--port", "0", "--password-file", "x"),
  },
  "broker:passwd": {
    "--allow-env=MQTT_PASSWORD": need(
      "the password may be there",
      ...["x", "ann", "--from-variable"],
    ),
    "--allow-read": need(READ_FILE, "x"),
    "--allow-write": need(READ_FILE, "x", "ann", "--password", "secret"),
  },
  "broker:certificate": {
    "--allow-read": need(READ_FILE, "--dir", "x"),
    "--allow-write": need(READ_FILE, "--dir", "x"),
    "--allow-sys=hostname": need("clients may know its name", "--dir", "x"),
    "--allow-sys=networkInterfaces": need(
      "clients may know this computer by its addresses",
      ...["--dir", "x"],
    ),
  },
  cluster: {
    "--allow-env": need(ENV, "--status"),
    "--allow-net=127.0.0.1": need("the one that runs is asked", "--status"),
    "--allow-read=.workbook": need("where it is, stands there", "--status"),
  },
  sensors: {
    ...talks(),
    "--allow-read": need(READ_FILE, "--cafile", "x"),
  },
  record: records(),
  dashboard: {
    ...talks("--no-open", "--port", "0"),
    "--allow-read": need("the page and a recording are read", "--port", "0"),
    "--allow-write=.workbook": need("what opens the page", "--port", "0"),
    "--allow-run=xdg-open": need("the browser is opened", "--port", "0"),
  },
  pub: {
    ...talks("-t", "iot/x", "-m", "1"),
    "--allow-read": need(READ_FILE, "-t", "iot/x", "-f", "x"),
  },
  sub: {
    ...talks("-t", "iot/x"),
    "--allow-read": need(READ_FILE, "-t", "iot/x", "--cafile", "x"),
  },
  lessons: { "--allow-read=lessons": need("they are described there") },
  "lesson:01": {
    ...talks(),
    "--allow-read=lessons": need("they are described there"),
    "--allow-run=deno": need("each program is a process"),
  },
  "lesson:18": {
    ...talks(),
    "--allow-read": need("the cluster's engine may be anywhere"),
    "--allow-write": need("its nodes write to a temporary folder"),
    ...Object.fromEntries(
      findPrograms("nats").map((file) => [
        `--allow-run=${file}`,
        need("its nodes are processes"),
      ]),
    ),
    "--allow-run=deno": need("each program is a process"),
  },
  exercises: { "--allow-read=": need(PROJECT) },
  check: {
    ...talks("01"),
    "--allow-run": need("programs may be in any language", "01"),
    "--allow-read": need("programs run in temporary folders", "01"),
    "--allow-write": need("programs run in temporary folders", "01"),
  },
  hint: {
    "--allow-read=": need(PROJECT, "01"),
  },
  solution: { "--allow-read=": need(PROJECT, "01", "--yes") },
  "test:faults": {
    "--allow-env": need(ENV),
    "--allow-read": need("the toolkit is copied without a part", ...WITHOUT),
    "--allow-run": need("brokers are processes", "--minutes", "0.01"),
    "--allow-write": need("the toolkit is copied without a part", ...WITHOUT),
  },
  "test:load": {
    "--allow-env=WORKBOOK_FLAGS": need(
      "broker and clients find the packages where it does",
    ),
    "--allow-run=sh": need("it asks for the limit of open files"),
    "--allow-run=deno": need("broker and clients are processes"),
    "--allow-write=.workbook": need("what it watches records there", "--start"),
  },
  copy: {
    "--allow-read=": { why: PROJECT, args: ["exercise:01", "../x"] },
  },
  reset: {
    "--allow-read=": need(PROJECT, "01"),
    "--allow-write=.workbook": need("the work is kept there", "01"),
    "--allow-write=exercises": need("the stub comes back", "01"),
  },
};

/** Commands that do the same as another, and so have the same permissions. */
const LIKE: Record<string, string> = { watch: "check", grade: "check" };

/** What runs the project's own tests and measurements may do whatever it likes. */
const RUNNERS = ["test", "test:cluster", "test:fuzz", "bench", "check-all"];

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
  const noCluster = JSON.stringify({ port: 1, token: "" });
  await project.write(".workbook/cluster.json", noCluster);
  const { folder } = project;
  const source = pathToFileURL(`${folder}/workbook/launcher/commands.ts`).href;
  const { COMMANDS } = await import(source) as {
    COMMANDS: Record<string, Command>;
  };
  await using broker = await startBroker({ port: 0 });

  const trials: Trial[] = [];
  const permissions = new Map<string, string[]>();
  for (const [name, command] of Object.entries(COMMANDS)) {
    if (RUNNERS.includes(name)) continue;
    const { flags } = takeApart(command, []);
    const needs = NEEDS[LIKE[name] ?? name] ??
      NEEDS[name.replace(/:\d+$/, ":01")] ?? {};
    const names = omissions(flags)
      .map(({ permission }) => nameOf(permission, folder));
    // Each has a reason, and each reason is for one that is there.
    assertEquals(names, Object.keys(needs), `${name}: reasons`);
    permissions.set(name, flags);
    if (NEEDS[name] === undefined) continue;
    const byArgs = Map.groupBy(
      omissions(flags),
      ({ permission }) => needs[nameOf(permission, folder)]!.args.join(" "),
    );
    for (const group of byArgs.values()) {
      const { args } = needs[nameOf(group[0]!.permission, folder)]!;
      const { step, flags, module } = takeApart(command, args);
      trials.push({
        name,
        module,
        flags,
        omissions: group,
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
  assertEquals(await findNeedless(trials), []);
});
