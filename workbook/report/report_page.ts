import { basename } from "node:path";
import { escapeHtml, isolateHtml } from "./escape_html.ts";
import {
  countOf,
  formatCount,
  formatTime,
  shortValueFormatter,
} from "./format_figures.ts";
import { PAGE_STYLE } from "./page_style.ts";
import { GAP_FACTOR } from "./pauses.ts";
import { type Report, STANDARD_INPUT } from "./read_report.ts";
import { describeNotes, shortTopic } from "./report_notes.ts";
import { topicSection } from "./topic_section.ts";
import type { TopicSummary } from "./topic_summary.ts";

/** What the page may load: nothing but its own style, whatever a text in it says. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

/** Writes a report as a page that needs no other file. */
export function toPage(report: Report): string {
  const { files, topics, rows, period } = report;
  const title = `Report on ${
    files.map(({ name }) => titleOf(name)).join(", ")
  }`;
  const notes = describeNotes(report);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${escapeHtml(title)}</title>
<style>
${PAGE_STYLE}
</style>
</head>
<body>
<main>
<h1>${isolateHtml(title)}</h1>
<p>${countOf(rows, "row")} on ${countOf(topics.length, "topic")}, from ${
    timeTag(period.from)
  } to ${timeTag(period.to)}.</p>
${overview(topics)}
${topics.map((topic, index) => topicSection(topic, index, period)).join("\n")}
${notes.length === 0 ? "" : notesSection(notes)}
${explanation()}
</main>
</body>
</html>
`;
}

function titleOf(name: string): string {
  return name === STANDARD_INPUT ? "standard input" : basename(name);
}

function timeTag(time: number): string {
  const iso = new Date(time).toISOString();
  return `<time datetime="${iso}">${formatTime(time)}</time>`;
}

function overview(topics: readonly TopicSummary[]): string {
  const heads = ["Topic", "Rows", "Mean", "Min", "Max", "Gaps"];
  const rows = topics.map((topic, index) => {
    const format = shortValueFormatter(topic);
    const { mean, least, greatest } = topic.numbers ?? {};
    const cells = [
      formatCount(topic.rows),
      ...[mean, least, greatest].map(format),
      formatCount(topic.pauses.gaps()),
    ];
    return `<tr><th scope="row"><a href="#topic-${index + 1}">${
      isolateHtml(shortTopic(topic.topic))
    }</a></th>${
      cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join("")
    }</tr>`;
  });
  return `<section>
<h2 id="topics">Topics</h2>
<div class="scroll" role="region" aria-labelledby="topics" tabindex="0">
<table class="overview">
<caption>The values of each topic, and how often it paused</caption>
<thead><tr>${
    heads.map((head) => `<th scope="col">${head}</th>`).join("")
  }</tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
</table>
</div>
</section>`;
}

function notesSection(notes: readonly string[]): string {
  return `<section>
<h2>Notes</h2>
<ul>
${notes.map((note) => `<li>${isolateHtml(note)}</li>`).join("\n")}
</ul>
</section>`;
}

function explanation(): string {
  return `<section class="quiet">
<h2>How to read this</h2>
<p>A pause is the time from one row of a topic to its next. A gap is a pause of more
than ${GAP_FACTOR} times the topic's median pause, which half of its pauses don't
exceed. Charts have the same scale of time, and each its own scale of values. Where
rows are many, a point of the line is the mean of neighbours, and the band reaches
from their least to their greatest value. Times are those of the computer that made
this page.</p>
</section>`;
}
