import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "npm:playwright-core@1.65.1";

/**
 * Starts Chromium without a window.
 *
 * @param command The command that starts it.
 * @throws {Error} If it doesn't start within 30 s.
 */
export function launchChromium(command: string): Promise<Browser> {
  return chromium.launch({
    executablePath: findOnPath(command),
    // Chromium's sandbox doesn't work for root, nor in many containers. What it
    // is shown here is our own.
    chromiumSandbox: false,
    timeout: 30_000,
  });
}

/** Finds a command as a shell does: playwright wants to know its path. */
function findOnPath(command: string): string {
  const folders = (Deno.env.get("PATH") ?? "").split(delimiter);
  const paths = folders.map((folder) => join(folder, command));
  return paths.find((path) => existsSync(path)) ?? command;
}
