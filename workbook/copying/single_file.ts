import type { CopySource } from "./copy_source.ts";
export async function singleFile(
  _source: CopySource,
  _what: string,
): Promise<Map<string, string>> {
  return await Promise.resolve(new Map());
}
