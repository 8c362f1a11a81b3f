/**
 * Reads a file that says who may do what, line by line.
 *
 * @returns What messages call this file, and its lines without their ends.
 */
export async function readAccessFile(
  kind: string,
  path: string | URL,
): Promise<{ name: string; lines: string[] }> {
  const name = `${kind} "${path}"`;
  const bytes = await Deno.readFile(path).catch((error: Error) => {
    throw new TypeError(`${name} can't be read: ${reason(error)}`, {
      cause: error,
    });
  });
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return { name, lines: text.split(/\r?\n/) };
  } catch (cause) {
    throw new TypeError(`${name} can't be read: it must be UTF-8 text`, {
      cause,
    });
  }
}

function reason(error: Error): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file";
  if (error instanceof Deno.errors.NotCapable) {
    return "run the program with --allow-read";
  }
  return error.message;
}
