/** What made a day of a chart: its images, the largest first. */
import { html } from 'hono/html';
import { maxMakers, pullsKind, type DayMaker, type DayMakers } from '../core/numbers/day-makers.ts';
import { formatExact } from '../core/views/format.ts';
import { dayText } from './chart-figure.ts';
import { titleOf, type PageContext } from './context.ts';
import { imagePath, readable, type Html } from './layout.ts';
import { toRemark } from './remarks.ts';
import type { View } from './view.ts';

/** The panel for the day of the view, which these images made; undefined where no day is chosen. */
export function dayPanel(context: PageContext, view: View, found: DayMakers | undefined, closePath: string): Html | undefined {
  if (!found) return undefined;
  const kind = pullsKind(view.kind);
  const { sum, images } = found;
  const title = `${kind === 'weekly' ? 'Week of ' : ''}${dayText(view.day, kind)}`;
  return html`<section class="day" aria-labelledby="day">
    <h3 id="day">${title}: ${images === 0 ? 'no data' : `${formatExact(sum)} pulls`}</h3>
    <a href="${closePath}" data-view data-close-day>Close</a>
    ${images === 0 ? '' : table(context, found)}
  </section>`;
}

function table(context: PageContext, { sum, images, makers }: DayMakers): Html {
  const shown = makers.slice(0, maxMakers);
  return html`<div class="scroll" role="region" aria-label="Images of the day" tabindex="0">
    <table>
      <caption class="unseen">
        Images of the day
      </caption>
      <thead>
        <tr>
          <th scope="col">Image</th>
          <th scope="col" class="number">Pulls</th>
          <th scope="col" class="number">Share</th>
          <th scope="col">Note</th>
        </tr>
      </thead>
      <tbody>
        ${shown.map((maker) => row(context, maker, sum))}
      </tbody>
    </table>
    ${images > shown.length ? html`<p>The ${formatExact(shown.length)} largest of ${formatExact(images)}</p>` : ''}
  </div>`;
}

function row(context: PageContext, { registry, repo, parts }: DayMaker, sum: number): Html {
  return html`<tr>
    <th scope="row">
      <a href="${imagePath(context.basePath, repo)}">${readable(repo)}</a>
      <span class="registry" title="${titleOf(context, registry)}">${registry}</span>
    </th>
    <td class="number">${formatExact(parts.value)}</td>
    <td class="number">${sum === 0 ? '—' : `${((parts.value / sum) * 100).toFixed(1)}%`}</td>
    <td>${toRemark(parts).texts.join('; ')}</td>
  </tr>`;
}
