/** The program that opens a page in the user's browser. */
export const BROWSER_OPENER = Deno.build.os === "windows"
  ? "explorer"
  : Deno.build.os === "darwin"
  ? "open"
  : "xdg-open";

/**
 * Opens a page in the browser, if there is one.
 *
 * Its address is a secret, and any user of the machine sees what programs are called
 * with: the browser is given a file that only this user can read, and that leads there.
 *
 * @returns What removes the file again.
 */
export async function openBrowser(url: string): Promise<AsyncDisposable> {
  const file = new URL("../../.workbook/dashboard.html", import.meta.url);
  await Deno.mkdir(new URL(".", file), { recursive: true });
  await remove(file);
  await Deno.writeTextFile(
    file,
    `<!DOCTYPE html>\n<meta charset="utf-8">\n` +
      `<meta http-equiv="refresh" content="0; url=${url}">\n`,
    { mode: 0o600, createNew: true },
  );
  try {
    const browser = new Deno.Command(BROWSER_OPENER, {
      args: [Deno.build.os === "windows" ? pathOf(file) : file.href],
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
  return { [Symbol.asyncDispose]: () => remove(file) };
}

function pathOf(file: URL): string {
  return decodeURIComponent(file.pathname.slice(1)).replaceAll("/", "\\");
}

async function remove(file: URL): Promise<void> {
  await Deno.remove(file).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
}
