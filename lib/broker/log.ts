/** A client chooses its name: line breaks in it mustn't forge log lines. */
export function quote(text: string): string {
  return JSON.stringify(text);
}
