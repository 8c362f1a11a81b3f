import { labels } from "../labels.ts";
import { html, useEffect, useState, type VNode } from "../view.ts";

/** For how long it says that it has copied, in milliseconds. */
const SAID = 2_000;

/** Copies a text as it is, printable or not. */
export function CopyButton(
  { text, label }: { text: string; label: string },
): VNode {
  const [said, setSaid] = useState<"copied" | "copyFailed" | undefined>(
    undefined,
  );
  useEffect(() => {
    if (said === undefined) return;
    const timer = setTimeout(() => setSaid(undefined), SAID);
    return () => clearTimeout(timer);
  }, [said]);
  const onClick = async () => {
    setSaid(await copy(text) ? "copied" : "copyFailed");
  };
  return html`
    <button type="button" class="small" onClick=${onClick}>${label}</button>
    <span role="status" class="faint">${said && labels.value[said]}</span>
  ` as VNode;
}

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/** Copies over plain HTTP, where there is no `navigator.clipboard`. */
function copyBySelection(text: string): boolean {
  const before = document.activeElement;
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  const isCopied = document.execCommand("copy");
  area.remove();
  if (before instanceof HTMLElement) before.focus();
  return isCopied;
}
