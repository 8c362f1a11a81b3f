/** Long enough for a browser to begin to save, in milliseconds. */
const KEPT = 60_000;

/** Saves something as a file, as a click on a link would. */
export function download(name: string, content: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT);
}
