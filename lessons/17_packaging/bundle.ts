/**
 * @title Bundle a program with its packages
 * @difficulty advanced
 * @tags packaging, offline, lock file
 * @run deno run --allow-read --allow-write=dist --allow-run lessons/17_packaging/bundle.ts
 *
 * Copies the four sensors of lesson 10 and all that they need into one folder,
 * which can be carried to a machine without network.
 */
const PROJECT = new URL("../../", import.meta.url);
const PROGRAM = "lessons/10_sensors/four_sensors.ts";
const BUNDLE = "dist/debian/usr/lib/mqtt-sensors";

// Copies a folder, without the tests and what only they need.
async function copyFolder(from: URL, to: string) {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isFile } of Deno.readDir(from)) {
    if (name === "testing" || name.endsWith("_test.ts")) continue;
    if (isFile) await Deno.copyFile(new URL(name, from), `${to}/${name}`);
    else await copyFolder(new URL(`${name}/`, from), `${to}/${name}`);
  }
}

try {
  // 1. The toolkit and the program, in the same places as here. A new bundle
  // takes the place of an old one, so that nothing old stays behind in it.
  await Deno.mkdir(BUNDLE, { recursive: true });
  await Deno.remove(BUNDLE, { recursive: true });
  await copyFolder(new URL("lib/", PROJECT), `${BUNDLE}/lib`);
  await Deno.mkdir(`${BUNDLE}/lessons/10_sensors`, { recursive: true });
  await Deno.copyFile(new URL(PROGRAM, PROJECT), `${BUNDLE}/${PROGRAM}`);

  // 2. The packages' names, each with its exact version, and the lock file with
  // their checksums: whatever mirror a package comes from, Deno refuses it if it
  // isn't the same to the last byte.
  const config = await Deno.readTextFile(new URL("deno.json", PROJECT));
  const { imports } = JSON.parse(config);
  await Deno.writeTextFile(
    `${BUNDLE}/deno.json`,
    JSON.stringify({ nodeModulesDir: "auto", imports }, null, 2),
  );
  await Deno.copyFile(new URL("deno.lock", PROJECT), `${BUNDLE}/deno.lock`);
} catch (error) {
  console.error(`Bundle can't be written: ${(error as Error).message}`);
  Deno.exit(1);
}

// 3. The packages themselves: Deno finds out which the program needs, fetches
// those that it doesn't have yet, and puts them all into node_modules.
const { code } = await new Deno.Command(Deno.execPath(), {
  args: ["install", "--quiet", "--entrypoint", PROGRAM],
  cwd: BUNDLE,
}).spawn().status;
if (code === 0) console.log(`Bundled four_sensors.ts into ${BUNDLE}`);
Deno.exit(code);
