/**
 * @title Run the bundle as on a machine without network
 * @difficulty intermediate
 * @tags packaging, offline, cache
 * @run deno run --allow-run=deno lessons/17_packaging/try_offline.ts
 *
 * A bundle is good if it runs where nothing can be fetched. This takes away all
 * that Deno could fetch from, and runs it for fifteen seconds.
 */
const BUNDLE = "dist/debian/usr/lib/mqtt-sensors";

const sensors = new Deno.Command("deno", {
  args: [
    "run",
    // Deno fails at once if something is missing, in place of fetching it.
    "--cached-only",
    "--allow-env",
    "--allow-net",
    "lessons/10_sensors/four_sensors.ts",
    "10", // Ten times as fast
  ],
  cwd: BUNDLE,
  env: {
    // A cache of its own, in place of the one that has it all already.
    DENO_DIR: "../../../../no_cache",
    // A registry at which nobody listens.
    NPM_CONFIG_REGISTRY: "http://127.0.0.1:1/",
  },
}).spawn();

// After fifteen seconds, or when this program is asked to stop, ask the sensors.
let isOver = false;
function stop() {
  isOver = true;
  sensors.kill("SIGTERM");
}
const timer = setTimeout(stop, 15_000);
Deno.addSignalListener("SIGINT", stop);
if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", stop);

// If they ended before that, something was missing.
const { code } = await sensors.status;
clearTimeout(timer);
Deno.exit(isOver ? 0 : code);
