import { stripTypeScriptTypes } from "node:module";

/** What a module imports, and what it hands on from another. */
const FROM =
  /(?<=^|[;}])(import|export)\s*([\w$]+|\{[^}]*\})\s*from\s*"([^"]+)"(?:\s*with\s*\{[^}]*\})?;?/gm;
const EXPORTED = /(?<=^|[;}])export\s*(\{[^}]*\});?/gm;
const DECLARED =
  /^export (?=(?:async )?(?:function\*?|class|const) ([\w$]+))/gm;
const DEFAULT = /(?<=^|[;}])export default /gm;
/** In a bundle it would be taken for that of all modules. */
const SOURCE_MAP = /\/\/# sourceMappingURL=.*/g;
const REST = /(?<=^|[;}])(?:import|export)\b/m;

/** Where modules come from. */
interface ModuleSource {
  /** Reads a module as JavaScript. */
  read: (module: string) => Promise<string>;
  /** The module that another one names so. */
  resolve: (specifier: string, importer: string) => string;
}

/**
 * Makes one script of a module and all that it imports: a browser takes longer to ask
 * for a hundred small files than to run what is in them.
 *
 * Each module becomes a function, which is called after those that it imports, and
 * gives what it exports. So a module can't export what changes (`let`), nor import
 * what imports it. Imports and exports stand at the beginning of a line, as
 * formatted code has them, or where a statement ends before, as in minified code.
 *
 * @param main The module to run.
 * @throws {Error} If a module is imported or exported in a way that isn't understood.
 */
export async function bundleModules(
  main: string,
  { read, resolve }: ModuleSource,
): Promise<string> {
  const functions: string[] = [];
  const names = new Map<string, string>();

  /** Adds a module, and gives the name that its exports have in the bundle. */
  async function add(module: string): Promise<string> {
    const known = names.get(module);
    if (known !== undefined) return known;
    const name = `module${names.size}`;
    names.set(module, name);
    const text = (await read(module)).replaceAll(SOURCE_MAP, "");
    const imports: string[] = [];
    const exports: string[] = [];
    for (const [, keyword, clause, specifier] of text.matchAll(FROM)) {
      const from = await add(resolve(specifier!, module));
      for (const [theirs, ours] of namesIn(clause!)) {
        if (keyword === "import") {
          imports.push(`const ${ours} = ${from}.${theirs};`);
        } else exports.push(`exports.${ours} = ${from}.${theirs};`);
      }
    }
    const body = text
      .replaceAll(FROM, "")
      .replaceAll(EXPORTED, (_, clause) => {
        for (const [ours, theirs] of namesIn(clause)) {
          exports.push(`exports.${theirs} = ${ours};`);
        }
        return "";
      })
      .replaceAll(DECLARED, (_, name) => {
        exports.push(`exports.${name} = ${name};`);
        return "";
      })
      .replaceAll(DEFAULT, "exports.default = ");
    if (REST.test(body)) {
      throw new Error(`Module can't be bundled: ${module}`);
    }
    const lines = [...imports, body, ...exports, "return exports;"].join("\n");
    functions.push(`const ${name} = ((exports) => {\n${lines}\n})({});\n`);
    return name;
  }

  await add(main);
  return functions.join("");
}

/** What stands between `import` or `export` and `from`, in pairs: `{ a as b }`. */
function namesIn(clause: string): [name: string, other: string][] {
  if (!clause.startsWith("{")) return [["default", clause]];
  return clause.slice(1, -1).split(",")
    .map((part) => part.trim().split(/\s+as\s+/))
    .filter(([name]) => name !== "")
    .map(([name, other = name]) => [name!, other!]);
}

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
    const text = await Deno.readTextFile(new URL(name));
    if (name.endsWith(".json")) return `export default ${text}`;
    return stripTypeScriptTypes(text);
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
