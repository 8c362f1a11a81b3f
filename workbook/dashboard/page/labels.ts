import { en, type Labels } from "./languages/en.ts";
import { signal } from "./view.ts";

/** The labels in the language that the browser asks for. */
export const labels = signal<Labels>(en);
