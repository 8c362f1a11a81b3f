/**
 * @title Bundle a program with its packages
 * @difficulty advanced
 * @tags packaging, offline, lock file
 * @run deno run --allow-read=lib,lessons/10_sensors/four_sensors.ts,deno.json,deno.lock --allow-write=dist --allow-run=deno lessons/17_packaging/bundle.ts
 *
 * Copies the four sensors of lesson 10 and all that they need into one folder,
 * which can be carried to a machine without network.
 */
const PROJECT = new URL("../../", import.meta.url);
const PROGRAM = "lessons/10_sensors/four_sensors.ts";
const BUNDLE = "dist/debian/usr/lib/mqtt-sensors";

// Copies a file or a folder, without the tests, and keeps what the files say.
let source = "";
async function copy(from: URL, to: string) {
  if (/\/testing$|_test\.ts$/.test(to)) return;
  if ((await Deno.stat(from)).isFile) {
    const text = await Deno.readTextFile(from);
    source += text;
    return await Deno.writeTextFile(to, text);
  }
  await Deno.mkdir(to, { recursive: true });
  for await (const { name } of Deno.readDir(from)) {
    await copy(new URL(`${from.href}/${name}`), `${to}/${name}`);
  }
}

try {
  // 1. The toolkit and the program, in the same places as here. A new bundle
  // takes the place of an old one, so that nothing old stays behind in it.
  await Deno.remove(BUNDLE, { recursive: true }).catch(() => {});
  await copy(new URL("lib", PROJECT), `${BUNDLE}/lib`);
  await Deno.mkdir(`${BUNDLE}/lessons/10_sensors`, { recursive: true });
  await copy(new URL(PROGRAM, PROJECT), `${BUNDLE}/${PROGRAM}`);

  // 2. The packages that it imports, each with its exact version, and the lock
  // file with their checksums: Deno refuses a package that isn't the same to the
  // last byte. Of all that it lists, "unstable" takes what the program imports.
  const text = await Deno.readTextFile(new URL("deno.json", PROJECT));
  const { imports: named, scopes = {}, unstable } = JSON.parse(text);
  const used = Object.entries({ ...named, ...scopes["file:///"] })
    .filter(([name]) => source.includes(`from "${name}"`));
  const imports = Object.fromEntries(used);
  const config = { nodeModulesDir: "auto", unstable, imports };
  await Deno.writeTextFile(`${BUNDLE}/deno.json`, JSON.stringify(config));
  await Deno.copyFile(new URL("deno.lock", PROJECT), `${BUNDLE}/deno.lock`);
} catch (error) {
  console.error(`Bundle can't be written: ${(error as Error).message}`);
  Deno.exit(1);
}

// 3. The packages themselves: Deno finds out which the program needs, fetches
// those that it doesn't have yet, and puts them all into node_modules.
const { code } = await new Deno.Command("deno", {
  args: ["install", "--quiet", "--entrypoint", PROGRAM],
  cwd: BUNDLE,
}).spawn().status;
if (code === 0) console.log(`Bundled four_sensors.ts into ${BUNDLE}`);
Deno.exit(code);
