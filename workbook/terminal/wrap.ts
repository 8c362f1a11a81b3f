/**
 * Text cut to the width of a terminal, where some characters take two columns.
 *
 * @module
 */

// Unicode's East Asian Width "W" and "F", in the blocks that people write with.
const WIDE = new RegExp(
  "[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3" +
    "\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6" +
    "\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1faff}" +
    "\u{20000}-\u{3fffd}]|\\p{Emoji_Presentation}|\ufe0f",
  "u",
);
const INVISIBLE = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;
const SEGMENTER = new Intl.Segmenter();

/** What a person sees as the characters of a text. */
function characters(text: string): string[] {
  return Array.from(SEGMENTER.segment(text), ({ segment }) => segment);
}

/** How many columns a text takes. */
export function displayWidth(text: string): number {
  return characters(text).reduce((sum, one) => {
    if (INVISIBLE.test(one)) return sum;
    return sum + (WIDE.test(one) ? 2 : 1);
  }, 0);
}

/**
 * Breaks a line at its blanks, and words that are too long where it must. The
 * lines that follow are indented as deep as the first.
 *
 * @param line A line without line breaks.
 * @param width How many columns there are.
 * @param hanging How much deeper the lines that follow are indented.
 */
export function wrap(line: string, width: number, hanging = 0): string[] {
  // A caret below a line of code stays where it points to.
  if (displayWidth(line.trimEnd()) <= width) return [line.trimEnd()];
  const [indent = ""] = /^ */.exec(line) ?? [];
  const rest = " ".repeat(Math.min(indent.length + hanging, width >> 1));
  const lines: string[] = [];
  let current = indent.slice(0, width >> 1);
  let used = current.length;
  let gap = "";
  let isEmpty = true;
  const end = () => {
    lines.push(current);
    current = rest;
    used = rest.length;
    gap = "";
    isEmpty = true;
  };
  for (const [part] of line.trim().matchAll(/ +|[^ ]+/g)) {
    if (part.startsWith(" ")) {
      gap = part;
      continue;
    }
    const needed = gap.length + displayWidth(part);
    if (!isEmpty && used + needed > width) end();
    current += gap;
    used += gap.length;
    gap = "";
    for (const character of characters(part)) {
      const more = displayWidth(character);
      if (!isEmpty && used + more > width) end();
      current += character;
      used += more;
      isEmpty = false;
    }
  }
  end();
  return lines;
}
