/**
 * The page's words, in the language that the browser asks for.
 *
 * @module
 */
import en from "./languages/en.json" with { type: "json" };
import fr from "./languages/fr.json" with { type: "json" };
import ko from "./languages/ko.json" with { type: "json" };
import zhHans from "./languages/zh_hans.json" with { type: "json" };
import zhHant from "./languages/zh_hant.json" with { type: "json" };
import { computed, signal } from "./view.ts";

/** The labels in a language. Words in braces are replaced: see {@linkcode fill}. */
export type Labels = Record<keyof typeof en, string>;

/** The labels by BCP 47's tag of their language. */
export const LANGUAGES = {
  en,
  fr,
  ko,
  "zh-Hans": zhHans,
  "zh-Hant": zhHant,
} satisfies Record<string, Labels>;

/** A language that the page speaks. */
type Language = keyof typeof LANGUAGES;

/** The language of the page. */
export const language = signal(chooseLanguage(navigator.languages));

/** The labels in that language. */
export const labels = computed((): Labels => LANGUAGES[language.value]);

/**
 * Chooses the first language that is asked for and that the page speaks, English
 * otherwise. Chinese is written in two ways, and often named by a place only.
 *
 * @param wanted Tags as browsers give them: `fr-CA`, `zh-TW`, `zh-Hant-HK`.
 */
export function chooseLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const [name, ...rest] = tag.toLowerCase().split("-");
    if (name === "zh") {
      const isTraditional = !rest.includes("hans") &&
        rest.some((part) => ["hant", "tw", "hk", "mo"].includes(part));
      return isTraditional ? "zh-Hant" : "zh-Hans";
    }
    if (name === "en" || name === "fr" || name === "ko") return name;
  }
  return "en";
}

/** Puts values in a label's braces: `{n}` becomes `values.n`. */
export function fill(
  label: string,
  values: Record<string, string | number>,
): string {
  return label.replaceAll(
    /\{(\w+)\}/g,
    (braces, name: string) =>
      Object.hasOwn(values, name) ? String(values[name]) : braces,
  );
}
