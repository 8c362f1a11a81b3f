/**
 * What makes a folder of programs a project of its own: `deno.json`, with tasks and
 * pinned packages, and `deno.lock`, with what the packages are made of.
 *
 * @module
 */
import config from "../../deno.json" with { type: "json" };
import { inProject } from "../launcher/modules.ts";

/** A task of the new folder. */
export interface Task {
  /** What it does, in a line. */
  description: string;
  command: string;
}

/** What a lock file says, of what counts here. */
interface Lock {
  version: string;
  /** The versions of what programs name. */
  specifiers: Record<string, string>;
  npm: Record<string, { integrity: string; dependencies?: string[] }>;
}

/** A package with its version, and perhaps a path in it. */
const PACKAGE = /npm:(?:@[\w.-]+\/)?[\w.-]+@[\w.-]+/g;

/** The text of `deno.json`. */
export function configText(
  tasks: Record<string, Task>,
  imports: Record<string, string>,
): string {
  return toText({
    tasks,
    imports: Object.fromEntries(Object.entries(imports).sort()),
    compilerOptions: config.compilerOptions,
    // Where programs of lesson 17 put copies of what is here.
    exclude: ["dist"],
  });
}

/**
 * The text of `deno.lock`: this project's, without the packages that nothing in the
 * new folder needs: `deno task` fetches all that a lock file lists, and `--frozen`
 * refuses one that lists more.
 *
 * @param texts The texts of the new folder's programs and modules.
 * @param imports What `deno.json` says of the packages that they name.
 */
export function lockText(
  texts: Iterable<string>,
  imports: Record<string, string>,
): string {
  const lock: Lock = JSON.parse(Deno.readTextFileSync(inProject("deno.lock")));
  const { version, specifiers: pinned, npm: packages } = lock;
  const named = packagesIn(Object.values(imports));
  const all = packagesIn([...named, ...texts]).filter((name) => name in pinned);
  const kept = new Set<string>();
  const keep = (key: string) => {
    if (kept.has(key)) return;
    kept.add(key);
    for (const name of packages[key]?.dependencies ?? []) keep(keyOf(name));
  };
  const keyOf = (name: string) =>
    name in packages
      ? name
      : Object.keys(packages).find((key) => key.startsWith(`${name}@`))!;
  for (const name of all) {
    const [, bare] = /^npm:(.+)@[^@]+$/.exec(name)!;
    keep(`${bare}@${pinned[name]}`);
  }
  return toText({
    version,
    specifiers: Object.fromEntries(all.map((name) => [name, pinned[name]])),
    npm: Object.fromEntries(
      Object.entries(packages).filter(([key]) => kept.has(key)),
    ),
    workspace: { dependencies: named },
  });
}

/** The packages that texts name, without the paths in them, in order. */
function packagesIn(texts: Iterable<string>): string[] {
  const names = Array.from(texts, (text) => text.match(PACKAGE) ?? []).flat();
  return [...new Set(names)].sort();
}

function toText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
