/**
 * One file of a program and what it uses of the toolkit. A bundler puts the modules
 * together and leaves out what isn't used; all else stays as it was written, with its
 * comments, since a person is going to read it.
 *
 * @module
 */
import { posix } from "node:path";
import { stripTypeScriptTypes } from "node:module";
import type { rollup } from "./bundler.ts";
import { UsageError } from "../options/program.ts";
import {
  collectFiles,
  type CopiedFiles,
  withoutFolders,
} from "./copied_files.ts";
import { type CopySource, nameOf, titleIn } from "./copy_source.ts";

/** What Deno has, and Node has not. */
const DENO_ONLY =
  /\bDeno\.|\bfrom "(?:jsr|https?):|\b(?:prompt|confirm|alert|Worker)\(/;

/** A type's docs, which would be left behind without the type. */
const TYPE_DOCS =
  /\/\*\*(?:[^*]|\*(?!\/))*\*\/\s*(?=(?:export )?(?:interface|type) \w)/g;

/**
 * Makes one file of a program, and adds what the program reads while it runs.
 *
 * @param what What the user called it.
 * @returns The texts, by their names.
 * @throws {UsageError} If it isn't one program, or needs a folder.
 */
export async function singleFile(
  source: CopySource,
  what: string,
): Promise<Map<string, string>> {
  const [program, other] = source.programs;
  if (program === undefined || other !== undefined) {
    const names = source.programs.map(({ path }) => nameOf(path)).join(", ");
    throw new UsageError(
      `"${what}" is ${names || "no program"}: one file is made of one program` +
        (names && `, such as ${what}/${nameOf(program!.path)}`),
    );
  }
  const name = nameOf(program.path);
  const files = collectFiles([program.path]);
  const { code, used } = await bundle(`${name}.ts`, files);
  const rest = [...files.texts].filter(([path]) =>
    !used.has(path) && !path.startsWith("lib/")
  );
  for (const [path, text] of rest) {
    if (!/^import .* from "\./m.test(text)) continue;
    throw new UsageError(
      `"${what}" needs "${path}" and its modules beside it: leave out --single`,
    );
  }

  const title = titleIn(files.texts.get(`${name}.ts`)!);
  const isDenos = DENO_ONLY.test(code);
  const file = `${name}.${isDenos ? "js" : "mjs"}`;
  const text = code.replaceAll(`${name}.ts`, file);
  const begin = `// ${file}: the program`;
  const head = (line: string) =>
    [
      "/**",
      ...title ? [` * ${title}`, " *"] : [],
      ` * ${source.title}. From the MQTT workbook for`,
      ` * Deno (${what}), with what it uses of the workbook's toolkit. The program`,
      ` * itself begins in line ${line}.`,
      " *",
      ` * Run: deno run ${
        withoutFolders(program.run).replace(`${name}.ts`, file)
      }`,
      ...isDenos ? [] : nodeLines(file, text),
      " */",
      "",
    ].join("\n");
  const lines = (head("") + text).split("\n");
  const line = lines.findIndex((line) => line === begin) + 1;
  return new Map([[file, head(`${line}`) + text], ...rest]);
}

/** How Node runs a program that uses nothing of Deno's. */
function nodeLines(file: string, text: string): string[] {
  const packages = new Set(text.match(/(?<=from "npm:)[^"]+/g));
  if (packages.size === 0) {
    return [` * It runs with Node.js, too: node ${file}`];
  }
  const list = [...packages].join(" ");
  return [
    ` * It runs with Node.js, too: npm install ${list},`,
    ` * then leave out "npm:" and the versions in its imports, and node ${file}`,
  ];
}

/** Puts a program and its modules together; tells which ones. */
async function bundle(
  entry: string,
  { texts, imports }: CopiedFiles,
): Promise<{ code: string; used: Set<string> }> {
  const rollup = await loadBundler();
  const used = new Set<string>();
  const graph = await rollup({
    input: entry,
    onwarn: () => {},
    plugins: [{
      name: "copied files",
      resolveId(name, importer, { attributes }) {
        if (importer === undefined) return name;
        const address = imports[name] ?? name;
        const isOwn = address.startsWith(".");
        if (!isOwn) return { id: address, external: true };
        const from = address === name ? posix.dirname(importer) : ".";
        const path = posix.join(from, address);
        if (texts.has(path)) return `${path}${suffixOf(attributes)}`;
        throw new Error(`"${importer}" imports "${name}", which isn't there`);
      },
      load(id) {
        const [path = "", type] = id.split("?");
        used.add(path);
        const text = texts.get(path)!;
        if (type === "text") return `export default ${JSON.stringify(text)};`;
        if (type === "json") return `export default ${text};`;
        const code = withoutTypes(path, withAddresses(text, imports));
        return path === entry ? `// ${path}: the program\n${code}` : code;
      },
    }],
  });
  const { output } = await graph.generate({
    inlineDynamicImports: true,
    importAttributesKey: "with",
  });
  return { code: await format(output[0]!.code), used };
}

async function loadBundler(): Promise<typeof rollup> {
  // The name is no literal, or Deno would load it whenever a folder is copied.
  const bundler = import.meta.resolve("./bundler.ts");
  try {
    return (await import(bundler)).rollup;
  } catch (error) {
    // The error's later lines say where, and the first of them why.
    const [what = "", why = ""] = (error as Error).message.split("\n");
    throw new Error(
      `The bundler, which makes one file, can't be loaded: ${what}` +
        why.replace(/^\s*\d+(?=:)/, ""),
    );
  }
}

/** Tells apart a module, and the same file as a text or as data. */
function suffixOf({ type }: Record<string, string>): string {
  return type === undefined ? "" : `?${type}`;
}

/** Packages that a module imports by a constant get their addresses. */
function withAddresses(text: string, imports: Record<string, string>): string {
  const names = Array.from(
    text.matchAll(/\bimport\((\w+)\)/g),
    ([, name]) => name!,
  );
  return names.reduce(
    (text, name) =>
      text.replace(
        new RegExp(`(const ${name}\\b.*= )"(.*)"`),
        (_whole, before, address) =>
          `${before}"${imports[address] ?? address}"`,
      ),
    text,
  );
}

/** Takes the types out, and leaves all else where it is. */
function withoutTypes(path: string, text: string): string {
  const code = text.replaceAll(TYPE_DOCS, "");
  try {
    return stripTypeScriptTypes(code);
  } catch {
    // It has more of TypeScript, such as an enum.
  }
  try {
    // Deno's own types don't know of this mode.
    return stripTypeScriptTypes(code, { mode: "transform" as "strip" });
  } catch (error) {
    const [reason = ""] = (error as Error).message.split("\n");
    throw new Error(`"${path}" can't be read: ${reason}`);
  }
}

/** Closes the gaps that the types have left. */
async function format(code: string): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--quiet", "--no-config", "--ext=js", "-"],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const input = new Blob([code]).stream().pipeTo(child.stdin);
  const [{ success, stdout }] = await Promise.all([child.output(), input]);
  return success ? new TextDecoder().decode(stdout) : code;
}
