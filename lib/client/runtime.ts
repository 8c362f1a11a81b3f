/**
 * What Deno and browsers do otherwise than the toolkit needs it.
 *
 * @module
 */

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

/** Starts a timer, unless it is one of weeks or for ever. */
export function startTimer(
  seconds: number,
  action: () => void,
): ReturnType<typeof setTimeout> | undefined {
  // setTimeout takes 32 bits of milliseconds, and ends at once for more.
  if (seconds >= 2 ** 31 / 1000) return undefined;
  return setTimeout(action, seconds * 1000);
}

/**
 * Opens a WebSocket with what Deno alone can set, such as headers: where a program
 * is checked with the types of browsers, too, those know nothing of it.
 */
export function openWebSocket(
  url: string,
  options: WebSocketOptions,
): WebSocket {
  return new WebSocket(url, options as never);
}
