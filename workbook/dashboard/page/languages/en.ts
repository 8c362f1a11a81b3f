/** The page's labels. Words in braces are replaced. */
export const en = {
  connecting: "Connecting …",
  connected: "Connected",
  disconnected: "Not connected",
};

/** Labels in a language. */
export type Labels = Record<keyof typeof en, string>;
