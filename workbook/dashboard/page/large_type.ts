import { effect, signal } from "./view.ts";

const KEY = "mqtt-dashboard-large-type";

/** Whether all is written larger; remembered by the browser. */
export const isLarge = signal(false);

/** Takes the remembered choice, and remembers each new one. */
export function startLargeType(): void {
  isLarge.value = read() === "true";
  effect(() => {
    document.documentElement.classList.toggle("large", isLarge.value);
    write(String(isLarge.value));
  });
}

function read(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    // A browser may keep nothing.
    return null;
  }
}

function write(text: string): void {
  try {
    localStorage.setItem(KEY, text);
  } catch {
    // It holds until the page is closed, then.
  }
}
