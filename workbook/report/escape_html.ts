import { printable } from "../../lib/printable.ts";

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * Writes a stranger's text for a page, as content or between quotes: it can begin no
 * tag, end no attribute, and turn no text round.
 */
export function escapeHtml(text: string): string {
  return printable(text).replaceAll(/[&<>"']/g, (letter) => ENTITIES[letter]!);
}

/** The same for content that is read in its own direction, and breaks after a level. */
export function isolateHtml(text: string): string {
  return `<bdi>${escapeHtml(text).replaceAll("/", "/<wbr>")}</bdi>`;
}
