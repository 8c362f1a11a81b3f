/**
 * Makes JSON safe to print: it may hold any character as `\u202e`, so a terminal
 * shows it as it is, and a program reads the texts as they are.
 */
export function printableJson(json: string): string {
  return json.replaceAll(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) =>
      character === "\n" ? character : Array.from(
        { length: character.length },
        (_, index) =>
          `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`,
      ).join(""),
  );
}
