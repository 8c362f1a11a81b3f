import { fileURLToPath } from "node:url";
import { describeError } from "../../lib/describe_error.ts";
import { printable } from "../../lib/printable.ts";
import { removeFile, writePrivateFile } from "../options/files.ts";
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
      await removeFile(file).catch(() => {});
    },
  };
}

function writeFile(url: string, file: URL): Promise<void> {
  return writePrivateFile(
    file,
    `<!DOCTYPE html>\n<meta charset="utf-8">\n` +
      `<meta http-equiv="refresh" content="0; url=${url}">\n`,
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
