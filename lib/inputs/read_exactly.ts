/**
 * Reads a number of bytes.
 *
 * @returns The bytes, or `null` if the connection ends before them.
 */
export async function readExactly(
  connection: Pick<Deno.Conn, "read">,
  length: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const count = await connection.read(bytes.subarray(filled));
    if (count === null) return null;
    filled += count;
  }
  return bytes;
}
