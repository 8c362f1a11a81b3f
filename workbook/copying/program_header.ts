/** What a program is about, in its header: a title, or the first sentence. */
export function titleIn(text: string): string {
  const [, title = ""] = /^ \* (?:@title )?(.+?)[:.]?\r?$/m.exec(text) ?? [];
  const words = title.replace(/^(?:Solution of exercise|Exercise) \d+: /, "");
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

/** A program's name, by its path. */
export function nameOf(path: string): string {
  return path.replace(/^.*\/|\.ts$/g, "");
}
