import {
  formatHash,
  hashPassword,
} from "../../lib/broker/access/password_hash.ts";

/**
 * Sets a user's password in a password file, or takes the user out. The file is
 * written whole, and then takes the name of the other.
 *
 * @param path Where the file is, or is to be.
 * @param user The user's name.
 * @param password The password; the user goes unless given.
 */
export async function setUser(
  path: string,
  user: string,
  password?: string,
): Promise<void> {
  const before = await Deno.readTextFile(path).catch(() => "");
  const lines = before.split("\n").filter((line) =>
    line !== "" && !line.startsWith(`${user}:`)
  );
  if (password !== undefined) {
    lines.push(`${user}:${formatHash(await hashPassword(password))}`);
  }
  await Deno.writeTextFile(`${path}.new`, lines.join("\n"));
  await Deno.rename(`${path}.new`, path);
}
