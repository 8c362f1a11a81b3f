import { assertEquals } from "@std/assert";
import { chooseLanguage, fill, LANGUAGES } from "./labels.ts";

const placeholders = (label: string) =>
  [...label.matchAll(/\{\w*\}/g)].map(([braces]) => braces).sort();

for (const [language, labels] of Object.entries(LANGUAGES)) {
  Deno.test(`LANGUAGES has every label in ${language}, with the same words in braces`, () => {
    const { en } = LANGUAGES;
    assertEquals(Object.keys(labels), Object.keys(en));
    for (const [key, label] of Object.entries(labels)) {
      const wanted = en[key as keyof typeof en];
      assertEquals(placeholders(label), placeholders(wanted), key);
      assertEquals(label.trim(), label, key);
      assertEquals(label === "", false, key);
    }
  });
}

Deno.test("chooseLanguage() takes the first language that the page speaks", () => {
  assertEquals(chooseLanguage(["de-DE", "fr-CA", "en"]), "fr");
  assertEquals(chooseLanguage(["en-US", "fr"]), "en");
  assertEquals(chooseLanguage(["ko"]), "ko");
  assertEquals(chooseLanguage(["de"]), "en");
  assertEquals(chooseLanguage([]), "en");
  assertEquals(chooseLanguage(["kok", "constructor", "frr"]), "en");
});

Deno.test("chooseLanguage() knows how Chinese is written in a place", () => {
  for (const tag of ["zh", "zh-CN", "zh-SG", "zh-Hans", "zh-Hans-HK"]) {
    assertEquals(chooseLanguage([tag]), "zh-Hans", tag);
  }
  for (const tag of ["zh-TW", "zh-HK", "zh-MO", "zh-Hant", "zh-Hant-TW"]) {
    assertEquals(chooseLanguage([tag]), "zh-Hant", tag);
  }
});

Deno.test("fill() puts values in braces, once", () => {
  assertEquals(fill("{a} of {b}", { a: "{b}", b: 2 }), "{b} of 2");
  assertEquals(fill("{toString} {a}", { a: "$&" }), "{toString} $&");
});
