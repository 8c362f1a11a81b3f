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
import type { TopicSummary } from "./topic_summary.ts";

/**
 * Writes the part of a page that is about one topic: its chart and its figures.
 *
 * @param topic The topic.
 * @param index Its place among the topics, after which the part is named.
 * @param period The time that the chart covers.
 */
export function topicSection(
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
