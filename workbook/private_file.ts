/**
 * Writes a file that only this user can read. One that is there is replaced.
 *
 * @param file Where; its folder is made if need be.
 */
export async function writePrivateFile(file: URL, text: string): Promise<void> {
  await Deno.mkdir(new URL(".", file), { recursive: true });
  await removeFile(file);
  await Deno.writeTextFile(file, text, { mode: 0o600, createNew: true });
}

/** Removes a file, if it is there. */
export async function removeFile(file: URL): Promise<void> {
  await Deno.remove(file).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
}
