/** What a program is about, in its header: a title, or the first sentence. */
export function titleIn(text: string): string {
  const [, title] = /^ \* (?:@title )?(.+?)[:.]?\r?$/m.exec(text) ?? [];
  return title?.replace(/^(?:Solution of exercise|Exercise) \d+: /, "") ?? "";
}

/** A program's name, by its path. */
export function nameOf(path: string): string {
  return path.replace(/^.*\/|\.ts$/g, "");
}
