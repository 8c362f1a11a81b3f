/**
 * What the project's pages say is there: their links, and the tasks and modules that
 * they name.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { COMMANDS } from "./commands.ts";
import { readModules } from "./modules.ts";

const PROJECT = new URL("../../", import.meta.url);

/** Folders that have no page of the project's. */
const OTHERS = ["certificates", "dist", "node_modules"];

/** What a page links to, in Markdown or as a picture. */
const LINK = /\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]+))?\)/g;

/** A module, with some of its folders or with none. */
const MODULE = /`(?:\.\.\/)*([\w/]+\.ts)`/g;

/** The page's text, without what it shows of programs. */
interface Page {
  path: string;
  text: string;
  prose: string;
}

function* readPages(folder = ""): Generator<Page, void, void> {
  for (const { name, isDirectory } of Deno.readDirSync(url(folder))) {
    if (name.startsWith(".") || OTHERS.includes(name)) continue;
    const path = `${folder}${name}`;
    if (isDirectory) yield* readPages(`${path}/`);
    if (!name.endsWith(".md")) continue;
    const text = Deno.readTextFileSync(url(path)).replaceAll("\r\n", "\n");
    const prose = text.replaceAll(/^ *```[^]*?^ *```$/gm, "");
    yield { path, text, prose };
  }
}

function url(path: string): URL {
  return new URL(path, PROJECT);
}

/** The names that a page's headings can be linked by, as GitHub makes them. */
function anchors({ prose }: Page): string[] {
  return Array.from(
    prose.matchAll(/^#+ (.*)$/gm),
    ([, heading = ""]) =>
      heading.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
  );
}

const PAGES = new Map(Array.from(readPages(), (page) => [page.path, page]));

Deno.test("pages link to what is there", () => {
  const wrong = [...PAGES.values()].flatMap((page) =>
    Array.from(page.prose.matchAll(LINK))
      .filter(([, file = "", anchor]) => {
        const target = file === ""
          ? url(page.path)
          : new URL(file, url(page.path));
        const other = PAGES.get(target.href.slice(PROJECT.href.length));
        if (anchor === undefined) return !exists(target);
        return other === undefined || !anchors(other).includes(anchor);
      })
      .map(([link]) => `${page.path}: ${link}`)
  );
  assertEquals(wrong, []);
});

function exists(target: URL): boolean {
  try {
    return Deno.statSync(target) !== undefined;
  } catch {
    return false;
  }
}

Deno.test("pages name tasks that there are", () => {
  const wrong = [...PAGES.values()].flatMap(({ path, text }) =>
    Array.from(text.matchAll(/deno task ([a-z][\w-]*(?::\w+)?)/g))
      .filter(([, task = ""]) =>
        task !== "lesson:NN" && !Object.hasOwn(COMMANDS, task)
      )
      .map(([words]) => `${path}: ${words}`)
  );
  assertEquals(wrong, []);
});

Deno.test("pages name modules that there are", () => {
  const modules = [...readModules().keys()].map((path) => `/${path}`);
  const wrong = [...PAGES.values()].flatMap(({ path, prose }) =>
    Array.from(prose.matchAll(MODULE), ([, name = ""]) => name)
      .filter((name) =>
        !/NN_slug|NAME/.test(name) &&
        !modules.some((module) => module.endsWith(`/${name}`))
      )
      .map((name) => `${path}: ${name}`)
  );
  assertEquals(wrong, []);
});

Deno.test("pages fold away whole parts, and say what they fold", () => {
  for (const { path, prose } of PAGES.values()) {
    const parts = Array.from(
      prose.matchAll(
        /^<details>\n<summary>.+<\/summary>\n\n[^]*?\n\n<\/details>$/gm,
      ),
    );
    const tags = Array.from(prose.matchAll(/<\/?details>/g));
    assertEquals(tags.length, 2 * parts.length, path);
  }
});

Deno.test("pages count the terminals that they need", () => {
  const words = ["one", "two", "three", "four"];
  const wrong = [...PAGES.values()].flatMap(({ path, text }) =>
    Array.from(
      text.matchAll(/(\w+) terminals\b[^:`]*:\n\n```sh\n([^]*?)```/g),
    ).filter(([, word = "", lines = ""]) =>
      words.indexOf(word) + 1 !== lines.trim().split("\n").length
    ).map(([words]) => `${path}: ${words.split("\n")[0]}`)
  );
  assertEquals(wrong, []);
});
