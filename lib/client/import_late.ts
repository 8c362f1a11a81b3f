/**
 * Imports a package that most programs do without. The name is no literal, or
 * Deno would load the package at the start of each program that imports the
 * toolkit: a tenth of that time.
 *
 * @param name The name, as an import map or a folder `node_modules` knows it.
 * @param specifier The name and version, for programs that have neither.
 */
export async function importLate<T>(
  name: string,
  specifier: string,
): Promise<T> {
  return await import(name).catch(() => import(specifier));
}
