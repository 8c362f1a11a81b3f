import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { UNPRINTABLE } from "../../testing/unprintable.ts";
import { escapeHtml } from "./escape_html.ts";
import type { Report } from "./read_report.ts";
import { toPage } from "./report_page.ts";
import { TopicSummary } from "./topic_summary.ts";

const START = new Date(2026, 10, 21, 9, 30).getTime();

function reportOf(topic: string, values: string[], file = "a.csv"): Report {
  const summary = new TopicSummary(topic);
  values.forEach((value, index) => summary.add(START + index * 60_000, value));
  return {
    files: [{
      name: `dir/${file}`,
      rows: values.length,
      skipped: 1,
      firstSkipped: { line: 7, reason: "Row has 1 field" },
      isTorn: false,
    }],
    topics: [summary],
    rows: values.length,
    period: { from: START, to: summary.last.time },
    rowsOfFurtherTopics: 0,
    duplicates: 0,
    otherTopics: [],
  };
}

/** The names of a page's tags, and the words between them. */
function takeApart(page: string): { tags: Set<string>; words: string } {
  const body = page.replace(/<style>[^]*<\/style>/, "");
  const tags = Array.from(body.matchAll(/<\/?(\w+)/g), ([, name]) => name!);
  return { tags: new Set(tags), words: body.replaceAll(/<[^>]*>/g, "") };
}

const USUAL = takeApart(toPage(reportOf("iot/x", ["1", "2", "on"])));

Deno.test("escapeHtml() leaves nothing that a page takes for its own", () => {
  assertEquals(
    escapeHtml(`<a b="c" d='&'>`),
    "&lt;a b=&quot;c&quot; d=&#39;&amp;&#39;&gt;",
  );
  assertEquals(escapeHtml("\u202e\x1b\n"), "\\u202e\\x1b\\n");
  const all = escapeHtml(UNPRINTABLE.join(""));
  assert(!UNPRINTABLE.some((character) => all.includes(character)));
});

Deno.test("toPage() shows the figures of each topic, and its notes", () => {
  const { words } = USUAL;
  for (
    const part of [
      "Report on a.csv",
      "3 rows on 1 topic",
      "Figures of iot/x",
      "Minimum1.000",
      "First row1.000 at 2026-11-21 09:30:00",
      "Last row&quot;on&quot; at 2026-11-21 09:32:00",
      "Longest pause1 min, from 2026-11-21 09:30:00",
      "Gaps0, longer than 3 min",
      "dir/a.csv: 1 line is no row and left out: line 7",
      "iot/x: 1 value is no number",
    ]
  ) assertStringIncludes(words, part);
  const texts = toPage(reportOf("iot/x", ["on"]));
  assertStringIncludes(texts, "No value is a number");
  assert(!texts.includes("<svg"));
});

Deno.test("toPage() loads nothing, and runs nothing", () => {
  const page = toPage(reportOf("iot/x", ["1"]));
  assertMatch(page, /Content-Security-Policy" content="default-src 'none'/);
  assert(
    !/<script|<link|<img|\bsrc=|url\(|@import|\bon\w+=|https?:/.test(page),
  );
  for (const [, target] of page.matchAll(/href="([^"]*)"/g)) {
    assertMatch(target!, /^#/);
    assertStringIncludes(page, `id="${target!.slice(1)}"`);
  }
});

Deno.test("toPage() has what a person needs who doesn't see it", () => {
  const page = toPage(reportOf("iot/x", ["1", "2"]));
  assertStringIncludes(page, '<html lang="en">');
  assertStringIncludes(
    page,
    '<svg role="img" aria-label="iot/x from 2026-11-21 09:30:00 to ' +
      '2026-11-21 09:31:00: between 1.000 and 2.000, on average 1.500; 0 gaps"',
  );
  const count = (tag: RegExp) => page.match(tag)?.length;
  assertEquals(count(/<table/g), count(/<caption>/g));
  assertEquals(count(/<svg/g), count(/<figcaption>/g));
  assertEquals(count(/<h1/g), 1);
  for (const [head] of page.matchAll(/<th\b[^>]*>/g)) {
    assertMatch(head, /scope="(row|col)"/);
  }
});

Deno.test("toPage() takes topics, values and names of files as text", () => {
  const hostile = [
    "</title><script>alert(1)</script>",
    '" onload="alert(1)" x="',
    "'><img src=x onerror=alert(1)>",
    "</style><svg/onload=alert(1)>",
    "&lt;b&gt;",
    "=cmd|'/c calc'!A1",
    "__proto__",
    "\x1b[2J",
    "\u202eevil\u2066",
    "a\nb\u2028c",
    "]]><!--",
  ];
  for (const text of hostile) {
    const page = toPage(reportOf(text, ["1", text], text.replaceAll("/", "")));
    const { tags, words } = takeApart(page);
    assertEquals(tags, USUAL.tags, text);
    assertStringIncludes(words, `Figures of ${escapeHtml(text)}`);
    const bad = UNPRINTABLE.filter((one) => one !== "\n" && page.includes(one));
    assertEquals(bad, [], text);
    assert(!page.includes("<!--"), text);
  }
});
