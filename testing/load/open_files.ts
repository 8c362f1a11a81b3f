/** What a process has open besides its clients' sockets, generously. */
const BESIDES = 64;

/**
 * Makes sure that a process may hold so many connections: each is a file to the
 * system.
 *
 * @param connections How many connections one process holds.
 * @throws {Error} If the system doesn't allow them; the message has the command
 *   that does.
 */
export async function assertOpenFiles(connections: number): Promise<void> {
  if (Deno.build.os === "windows") return; // There is no such limit.
  const { stdout } = await new Deno.Command("sh", {
    args: ["-c", "ulimit -n"],
  }).output();
  const limit = new TextDecoder().decode(stdout).trim();
  const wanted = connections + BESIDES;
  // "unlimited" is no number.
  if (!(Number(limit) < wanted)) return;
  throw new Error(
    `Only ${limit} files may be open at once, and ${wanted} are needed: run "ulimit -n ${wanted}" first`,
  );
}
