import { stripTypeScriptTypes } from "node:module";
import { bundleModules } from "./bundle_modules.ts";

/** A file that the page consists of. */
export interface PageFile {
  type: string;
  body: string;
}

const PAGE = new URL("page/", import.meta.url);
const STYLES = ["style.css", "charts.css", "packets.css"];

/** Packages whose file for browsers lies beside the one that Deno knows. */
const BROWSER_FILES = new Map<string, readonly [name: string, file: string]>([
  ["htm", ["htm/preact", "../dist/htm.mjs"]],
  ["uplot", ["uplot", "uPlot.iife.min.js"]],
]);

/**
 * Reads the page, by the paths at which a browser asks for its files: `page/main.ts`
 * with all that it imports as one script, types taken out, and one style sheet. The
 * packages are downloaded the first time.
 *
 * @throws {Error} If a package can't be had.
 */
export async function readPageFiles(): Promise<ReadonlyMap<string, PageFile>> {
  const script = await bundleModules(new URL("main.ts", PAGE).href, {
    read: readModule,
    resolve: (specifier, importer) =>
      specifier.startsWith(".") ? new URL(specifier, importer).href : specifier,
  });
  const styles = [
    await readPackage("uplot", "uPlot.min.css"),
    ...await Promise.all(STYLES.map(readPageFile)),
  ];
  return new Map([
    ["", file("html", await readPageFile("index.html"))],
    ["page.css", file("css", styles.join("\n"))],
    ["page.js", file("javascript", script)],
  ]);
}

function file(type: string, body: string): PageFile {
  return { type: `text/${type}; charset=utf-8`, body };
}

function readPageFile(name: string): Promise<string> {
  return Deno.readTextFile(new URL(name, PAGE));
}

/** Reads one of our own modules, named by its URL, or a package. */
async function readModule(name: string): Promise<string> {
  if (name.startsWith("file:")) {
    return stripTypeScriptTypes(await Deno.readTextFile(new URL(name)));
  }
  const body = await readPackage(...BROWSER_FILES.get(name) ?? [name, ""]);
  // uPlot has a small form only as a plain script.
  return name === "uplot" ? `${body}\nexport default uPlot;\n` : body;
}

/** No literal name, or Deno would load it whenever the program is type-checked. */
async function readPackage(name: string, file: string): Promise<string> {
  // Its name may resolve to a file that isn't in the cache yet: evaluating gets it there.
  await import(name).catch(({ message }) => {
    const [reason] = message.split("\n");
    throw new Error(`The page can't be made, which needs npm once: ${reason}`);
  });
  return await Deno.readTextFile(new URL(file, import.meta.resolve(name)));
}
