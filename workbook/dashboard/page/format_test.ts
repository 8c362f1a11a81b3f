import { assertEquals } from "@std/assert";
import { formatAge, formatNumber, formatRate, formatTime } from "./format.ts";
import { language } from "./labels.ts";

Deno.test("formatNumber() and formatRate() write numbers as the language does", () => {
  language.value = "en";
  assertEquals(formatNumber(12345.6), "12,346");
  const rates = [0, 0.25, 9.96, 12.3, 1234].map(formatRate);
  assertEquals(rates, ["0", "0.3", "10", "12", "1,234"]);
  language.value = "fr";
  assertEquals(formatRate(1.5), "1,5");
});

Deno.test("formatAge() counts whole ones of the largest unit", () => {
  language.value = "en";
  const ages = [-5, 0, 59, 60, 3599, 3600, 86_399, 86_400, 864_000];
  const texts = ages.map((seconds) => formatAge(seconds * 1000));
  assertEquals(texts.join(" "), "0s 0s 59s 1m 59m 1h 23h 1d 10d");
  language.value = "ko";
  assertEquals(formatAge(5000), "5초");
});

Deno.test("formatTime() names the day unless it is today", () => {
  const time = new Date(2026, 10, 9, 9, 5, 1, 7).getTime();
  const today = new Date(2026, 10, 9, 23, 59).getTime();
  assertEquals(formatTime(time, { today }), "09:05:01");
  assertEquals(
    formatTime(time, { today, hasMilliseconds: true }),
    "09:05:01.007",
  );
  assertEquals(
    formatTime(time, { today: today + 60_000 }),
    "2026-11-09 09:05:01",
  );
});
