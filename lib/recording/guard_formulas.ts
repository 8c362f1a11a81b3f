// Full-width and small forms, and the minus sign, count for some spreadsheets.
const BEGINNING_OF_FORMULA =
  /(?=[=+\-@＝＋－＠﹦﹢﹣﹫−])(?<=(?:^|[;,|\p{Cc}\p{Zl}\p{Zp}])["\p{C}\p{Z}]*)/gu;

/**
 * Keeps a stranger's text from being a formula in a spreadsheet, which computes what
 * begins with `=`, `+`, `-` or `@`: an apostrophe before it makes it a text.
 *
 * That holds for the beginning of the text, whatever blanks and control characters
 * come first, and for what follows a `;`, a comma, a tab or a line break, at which a
 * spreadsheet may split a cell in two.
 *
 * @returns The text, with an apostrophe before what would be computed.
 */
export function guardFormulas(text: string): string {
  return text.replaceAll(BEGINNING_OF_FORMULA, "'");
}
