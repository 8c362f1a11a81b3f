import { basename } from "node:path";
import { type Period, toSvg } from "./curve.ts";
import { escapeHtml, isolateHtml } from "./escape_html.ts";
import {
  countOf,
  formatCount,
  formatDuration,
  formatTime,
  shortValueFormatter,
  valueFormatter,
} from "./format_figures.ts";
import { PAGE_STYLE } from "./page_style.ts";
import { GAP_FACTOR } from "./pauses.ts";
import { type Report, STANDARD_INPUT } from "./read_report.ts";
import { describeNotes, shortTopic } from "./report_notes.ts";
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

/**
 * Writes the part of a page that is about one topic: its chart and its figures.
 *
 * @param topic The topic.
 * @param index Its place among the topics, after which the part is named.
 * @param period The time that the chart covers.
 */
function topicSection(
  topic: TopicSummary,
  index: number,
  period: Period,
): string {
  const name = isolateHtml(topic.topic);
  const rows = figuresOf(topic).map(([head, figure]) =>
    `<tr><th scope="row">${head}</th><td>${escapeHtml(figure)}</td></tr>`
  );
  return `<section>
<h2 id="topic-${index + 1}">${name}</h2>
${
    topic.numbers === undefined
      ? "<p>No value is a number.</p>"
      : chart(topic, period)
  }
<table class="figures">
<caption>Figures of ${name}</caption>
<tbody>
${rows.join("\n")}
</tbody>
</table>
</section>`;
}

function figuresOf(topic: TopicSummary): [head: string, figure: string][] {
  const { first, last, numbers, pauses } = topic;
  const { longest } = pauses;
  const format = valueFormatter(topic);
  return [
    ["Rows", formatCount(topic.rows)],
    ["Mean", format(numbers?.mean)],
    ["Minimum", format(numbers?.least)],
    ["Maximum", format(numbers?.greatest)],
    ["First row", `${format(first.value)} at ${formatTime(first.time)}`],
    ["Last row", `${format(last.value)} at ${formatTime(last.time)}`],
    ["Median pause", formatDuration(pauses.median())],
    [
      "Longest pause",
      longest === undefined
        ? "-"
        : `${formatDuration(longest.length)}, from ${formatTime(longest.from)}`,
    ],
    [
      "Gaps",
      pauses.median() === undefined
        ? "-"
        : `${formatCount(pauses.gaps())}, longer than ${
          formatDuration(pauses.limit())
        }`,
    ],
  ];
}

function chart(topic: TopicSummary, period: Period): string {
  const { mean, least, greatest } = topic.numbers!;
  const format = shortValueFormatter(topic);
  const [from, middle, to] = [
    period.from,
    (period.from + period.to) / 2,
    period.to,
  ].map(formatTime);
  const label = `${topic.topic} from ${from} to ${to}: between ${
    format(least)
  } and ${format(greatest)}, on average ${format(mean)}; ${
    countOf(topic.pauses.gaps(), "gap")
  }`;
  const isSame = format(least) === format(greatest);
  return `<figure>
<div class="chart">
<div class="y${isSame ? " same" : ""}">${
    (isSame ? [greatest] : [greatest, least])
      .map((value) => `<span>${escapeHtml(format(value))}</span>`).join("")
  }</div>
${toSvg(topic, period, label)}
<div class="x"><span>${from}</span><span class="middle">${middle}</span><span>${to}</span></div>
</div>
<figcaption>Line: mean. Band: least to greatest. Grey: gap.</figcaption>
</figure>`;
}
