/**
 * Where a page is written first: its name is known beforehand, so that a report may
 * write these two files and no other.
 */
export function draftOf(page: string): string {
  return `${page}.part`;
}
