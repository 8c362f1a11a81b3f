/**
 * @title Make a Debian package of the bundle
 * @difficulty advanced
 * @tags packaging, Debian
 * @run deno run --allow-read=dist --allow-write=dist --allow-run=dpkg-deb lessons/17_packaging/build_deb.ts
 *
 * Makes dist/mqtt-sensors_1.0.0_all.deb, which carries the bundle and all its
 * packages. Installed, it brings the command mqtt-sensors.
 */
const ROOT = "dist/debian";
const PACKAGE = "dist/mqtt-sensors_1.0.0_all.deb";

// What dpkg wants to know about the package.
const CONTROL = `Package: mqtt-sensors
Version: 1.0.0
Architecture: all
Maintainer: MQTT workbook <root@localhost>
Description: Four virtual sensors that publish over MQTT
`;

// The command. It finds the bundle beside itself, and lets the sensors take the
// place of the shell, so that signals reach them.
const COMMAND = `#!/bin/sh
if ! command -v deno >/dev/null; then
  echo "mqtt-sensors needs deno on the PATH" >&2
  exit 1
fi
home="$(dirname "$(readlink -f "$0")")/../lib/mqtt-sensors"
exec deno run --cached-only --frozen --node-modules-dir=manual \\
  --config "$home/deno.json" --allow-env --allow-net \\
  "$home/lessons/10_sensors/four_sensors.ts" "$@"
`;

try {
  // A package is built from a folder that looks like the root of the system:
  // bundle.ts has put the bundle into its place there already.
  await Deno.stat(`${ROOT}/usr/lib/mqtt-sensors`);
  await Deno.mkdir(`${ROOT}/DEBIAN`, { recursive: true });
  await Deno.writeTextFile(`${ROOT}/DEBIAN/control`, CONTROL);
  await Deno.mkdir(`${ROOT}/usr/bin`, { recursive: true });
  const mode = 0o755;
  await Deno.writeTextFile(`${ROOT}/usr/bin/mqtt-sensors`, COMMAND, { mode });
} catch (error) {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
  console.error("Bundle is missing: run bundle.ts first");
  Deno.exit(1);
}
try {
  const { code } = await new Deno.Command("dpkg-deb", {
    // All files belong to root; gzip is quick, and every dpkg knows it.
    args: ["-Zgzip", "--root-owner-group", "--build", ROOT, PACKAGE],
  }).spawn().status;
  Deno.exit(code);
} catch (error) {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
  console.error(
    "This machine has no dpkg-deb: only Debian and its relatives do",
  );
}
