import { signal } from "./view.ts";

/** What can stand beside the tree. */
export type Tab = "topic" | "charts" | "publish" | "packets" | "clients";

/** What stands there. */
export const selectedTab = signal<Tab>("charts");
