import { fileURLToPath } from "node:url";
import { describeError } from "../../lib/describe_error.ts";
import { printable } from "../../lib/printable.ts";
import { BROWSER_OPENER } from "./browser_opener.ts";

const FILE = new URL("../../.workbook/dashboard.html", import.meta.url);

/**
 * Opens a page in the browser, if there is one; if it can't be, says why on standard
 * error.
 *
 * Its address is a secret, and any user of the machine sees what programs are called
 * with: the browser is given a file that only this user can read, and that leads there.
 *
 * @param file Where that file is made.
 * @returns What removes the file again.
 */
export async function openBrowser(
  url: string,
  file = FILE,
): Promise<AsyncDisposable> {
  try {
    await writeFile(url, file);
    startBrowser(file);
  } catch (error) {
    // A permission is missing: the program is called wrongly.
    if (error instanceof Deno.errors.NotCapable) throw error;
    console.error(
      `Browser can't be opened: ${printable(describeError(error))}`,
    );
  }
  return {
    async [Symbol.asyncDispose]() {
      // It leads nowhere any more.
      await remove(file).catch(() => {});
    },
  };
}

async function writeFile(url: string, file: URL): Promise<void> {
  await Deno.mkdir(new URL(".", file), { recursive: true });
  await remove(file);
  await Deno.writeTextFile(
    file,
    `<!DOCTYPE html>\n<meta charset="utf-8">\n` +
      `<meta http-equiv="refresh" content="0; url=${url}">\n`,
    { mode: 0o600, createNew: true },
  );
}

function startBrowser(file: URL): void {
  try {
    const browser = new Deno.Command(BROWSER_OPENER, {
      args: [Deno.build.os === "windows" ? fileURLToPath(file) : file.href],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    // It may go on as long as the browser does.
    browser.unref();
  } catch (error) {
    // Where there is none, the address has been printed.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function remove(file: URL): Promise<void> {
  await Deno.remove(file).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
}
