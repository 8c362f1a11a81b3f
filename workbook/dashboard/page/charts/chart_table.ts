import { removeSeries } from "../charts.ts";
import { formatTime } from "../format.ts";
import { fill, labels } from "../labels.ts";
import { points } from "../store.ts";
import { html, type VNode } from "../view.ts";
import type { ShownSeries } from "./chart.ts";
import { nearestValue } from "./chart_data.ts";
import { LineSample, seriesName, valueText } from "./series_style.ts";
import { cursorTime } from "./sight.ts";

/** Which line is which, what each says in the time that is shown, and at the cursor. */
export function ChartTable({ shown }: { shown: ShownSeries[] }): VNode {
  const text = labels.value;
  const time = cursorTime.value;
  const cursor = time === null ? text.chartCursor : fill(text.chartCursorAt, {
    time: formatTime(time, { hasMilliseconds: true }),
  });
  const numbers = [text.chartMin, text.chartMax, text.chartMean];
  return html`
    <div class="chart-table" tabindex="0" role="region"
      aria-label=${text.chartNumbers}>
      <table>
        <caption>${text.chartNumbers}</caption>
        <thead>
          <tr>
            <td></td>
            <th scope="col">${text.chartSeriesName}</th>
            <th scope="col">${text.chartLast}</th>
            <th scope="col" class="chart-cursor">${cursor}</th>
            ${numbers.map((label) => html`<th scope="col">${label}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${shown.map((one) =>
            html`<${Row} key=${one.series.key} ...${one} />`
          )}
        </tbody>
      </table>
    </div>
  ` as VNode;
}

function Row({ series, statistics }: ShownSeries): VNode {
  const name = seriesName(series);
  const remove = fill(labels.value.chartRemove, { name });
  const { last, min, max, mean } = statistics ?? {};
  const onRemove = ({ currentTarget }: Event) => {
    // The focus would be lost with the button.
    (currentTarget as HTMLElement).closest<HTMLElement>(".chart-table")!
      .focus();
    removeSeries(series.key);
  };
  return html`
    <tr>
      <td>
        <button type="button" aria-label=${remove} title=${remove}
          onClick=${onRemove}>×</button>
      </td>
      <th scope="row">
        <${LineSample} style=${series.style} />
        <bdi>${name.split(/(?<=\/)/).map((level) =>
          html`${level}<wbr />`
        )}</bdi>
      </th>
      <${Value} value=${last} />
      <td><${CursorValue} seriesKey=${series.key} /></td>
      ${[min, max, mean].map((value) => html`<${Value} value=${value} />`)}
    </tr>
  ` as VNode;
}

function Value({ value }: { value: number | undefined }): VNode {
  return html`
    <td>${value === undefined ? "–" : valueText(value)}</td>
  ` as VNode;
}

function CursorValue({ seriesKey }: { seriesKey: string }): VNode {
  const time = cursorTime.value;
  const known = points.get(seriesKey);
  const value = time === null || known === undefined
    ? undefined
    : nearestValue(known, time);
  if (value === null) return html`${labels.value.chartGap}` as VNode;
  return html`${value === undefined ? "–" : valueText(value)}` as VNode;
}
