/**
 * A place for a test's files.
 *
 * @module
 */

/** A folder; disposing of it removes it with all that is in it. */
interface TemporaryFolder extends AsyncDisposable {
  path: string;
}

/** Makes an empty folder. */
export async function temporaryFolder(): Promise<TemporaryFolder> {
  // macOS has its temporary files behind a link.
  const path = await Deno.realPath(await Deno.makeTempDir());
  return {
    path,
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}
