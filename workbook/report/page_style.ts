/** The style of a report's page: light and dark, narrow and wide, on paper. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --back: #fff;
  --text: #1b1f24;
  --quiet: #505860;
  --rule: #c9ced4;
  --gap: #d8dde3;
  --line: #0b5cad;
  --band: #a9cbee;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --back: #14171b;
    --text: #e7eaee;
    --quiet: #a9b1ba;
    --rule: #444c55;
    --gap: #353c45;
    --line: #8cc4ff;
    --band: #2c547e;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0;
  background: var(--back);
  color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif;
}
main { max-width: 60rem; margin: 0 auto; padding: 1rem; }
h1, h2 { line-height: 1.25; overflow-wrap: anywhere; }
h1 { margin: 0.5rem 0; font-size: 1.6rem; }
h2 { margin: 2.5rem 0 0.75rem; font-size: 1.2rem; }
p, li { overflow-wrap: anywhere; }
.quiet, figcaption, caption, .x, .y { color: var(--quiet); font-size: 0.875rem; }
a { color: var(--line); }
time { white-space: nowrap; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { padding: 0 0 0.4rem; text-align: start; overflow-wrap: anywhere; }
th, td {
  padding: 0.3rem 0.5rem;
  border-block-end: 1px solid var(--rule);
  text-align: end;
  vertical-align: top;
}
th:first-child, td:first-child { padding-inline-start: 0; text-align: start; }
th:last-child, td:last-child { padding-inline-end: 0; }
th { font-weight: 600; }
th[scope="row"] { overflow-wrap: anywhere; font-weight: 400; }
.overview th[scope="row"] { min-width: 6.5rem; }
.figures { max-width: 40rem; }
.figures th { width: 9rem; text-align: start; }
.figures td { text-align: start; overflow-wrap: anywhere; }
figure { margin: 0 0 1rem; }
figcaption { margin-block-start: 0.25rem; }
.chart { display: grid; grid-template-columns: auto 1fr; gap: 0.25rem 0.5rem; }
.chart svg { display: block; width: 100%; height: 13rem; }
.x, .y { display: flex; justify-content: space-between; font-variant-numeric: tabular-nums; }
.y { flex-direction: column; text-align: end; line-height: 1.2; }
.y.same { justify-content: center; }
.x { grid-column: 2; gap: 0.5rem; }
.x :last-child { text-align: end; }
path { fill: none; vector-effect: non-scaling-stroke; }
.grid { stroke: var(--rule); stroke-dasharray: 2 4; }
.gap { fill: var(--gap); }
.band { fill: var(--band); stroke: var(--band); stroke-linejoin: round; }
.mean { stroke: var(--line); stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
@media (max-width: 36rem) {
  th, td { padding-inline: 0.25rem; }
  .overview { font-size: 0.8125rem; }
  .overview th[scope="row"] { min-width: 5rem; }
  .figures th { width: 7rem; }
  .x .middle { display: none; }
}
@media print {
  @page { margin: 1.5cm; }
  body { font-size: 10pt; }
  main { max-width: none; padding: 0; }
  section { break-inside: avoid; }
  h2 { margin-block-start: 1.2rem; break-after: avoid; }
  a { color: inherit; text-decoration: none; }
  .scroll { overflow: visible; }
  .chart svg { height: 5cm; }
  path { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`.trim();
