import { createHash } from "node:crypto";
import { stripTypeScriptTypes } from "node:module";

/** A file that the page consists of. */
export interface PageFile {
  type: string;
  body: string;
}

/** The page, by the paths at which a browser asks for its files. */
interface PageFiles {
  files: ReadonlyMap<string, PageFile>;
  /** What `script-src` needs besides `'self'`. */
  importMapHash: string;
}

const PROJECT = new URL("../../", import.meta.url);
const PAGE = new URL("page/", import.meta.url);
const STYLES = ["style.css", "charts.css", "packets.css"];
const IMPORT = /^(?:import|export)\b[^"';]*?(?:from\s*)?"(\.[^"]+)"/gm;

/**
 * The packages: how modules name them, how Deno knows them, and, where that isn't the
 * file for browsers, which one beside it is.
 */
const PACKAGES = [
  ["preact", "preact", ""],
  ["preact/hooks", "preact/hooks", ""],
  ["htm", "htm/preact", "../dist/htm.mjs"],
  ["htm/preact", "htm/preact", ""],
  ["@preact/signals-core", "@preact/signals-core", ""],
  ["@preact/signals", "@preact/signals", ""],
  ["uplot", "uplot", "uPlot.iife.min.js"],
] as const;

const SCRIPT = "text/javascript; charset=utf-8";
const STYLE = "text/css; charset=utf-8";

/**
 * Reads the page: `page/main.ts` with all that it imports, types taken out, and the
 * packages that it uses, which are downloaded the first time.
 *
 * @throws {Error} If a package can't be had.
 */
export async function readPageFiles(): Promise<PageFiles> {
  const files = new Map<string, PageFile>();
  const modules = await readModules(new URL("main.ts", PAGE));
  for (const [path, body] of modules) files.set(path, { type: SCRIPT, body });
  const imports: Record<string, string> = {};
  for (const [name, resolved, file] of PACKAGES) {
    const path = `packages/${name.replaceAll("/", "_")}.js`;
    imports[name] = `./${path}`;
    const body = await readPackage(resolved, file);
    // uPlot has a small form only as a plain script.
    const module = name === "uplot" ? `${body}\nexport default uPlot;\n` : body;
    files.set(path, { type: SCRIPT, body: module });
  }
  const uplotStyle = await readPackage("uplot", "uPlot.min.css");
  files.set("packages/uplot.css", { type: STYLE, body: uplotStyle });
  for (const name of STYLES) {
    const body = await Deno.readTextFile(new URL(name, PAGE));
    files.set(name, { type: STYLE, body });
  }
  const importMap = JSON.stringify({ imports });
  files.set("", {
    type: "text/html; charset=utf-8",
    body: await indexPage([...files.keys()], [...modules.keys()], importMap),
  });
  const hash = createHash("sha256").update(importMap).digest("base64");
  return { files, importMapHash: `'sha256-${hash}'` };
}

/** The page's own address is its folder, so that the token needn't be in it. */
async function indexPage(
  paths: readonly string[],
  modules: readonly string[],
  importMap: string,
): Promise<string> {
  const styles = paths.filter((path) => path.endsWith(".css"));
  const scripts = paths.filter((path) => path.endsWith(".js"));
  const head = [
    ...styles.map((path) => `<link rel="stylesheet" href="${path}">`),
    `<script type="importmap">${importMap}</script>`,
    // All at once: otherwise, each would wait for what imports it.
    ...[...scripts, ...modules].map((path) =>
      `<link rel="modulepreload" href="${path}">`
    ),
    `<script type="module" src="${modules[0]}"></script>`,
  ];
  const template = await Deno.readTextFile(new URL("index.html", PAGE));
  return template.replace("<!-- head -->", () => head.join("\n    "));
}

async function readModules(main: URL): Promise<Map<string, string>> {
  const modules = new Map<string, string>();
  const pending = [main];
  for (let url; (url = pending.pop());) {
    const path = url.href.slice(PROJECT.href.length);
    if (modules.has(path)) continue;
    const body = stripTypeScriptTypes(await Deno.readTextFile(url));
    modules.set(path, body);
    for (const [, specifier] of body.matchAll(IMPORT)) {
      pending.push(new URL(specifier!, url));
    }
  }
  return modules;
}

/** No literal name, or Deno would load it whenever the program is type-checked. */
async function readPackage(name: string, file: string): Promise<string> {
  // What isn't in the cache yet resolves to no file: evaluating it gets it there.
  if (!import.meta.resolve(name).startsWith("file:")) await import(name);
  return await Deno.readTextFile(new URL(file, import.meta.resolve(name)));
}
