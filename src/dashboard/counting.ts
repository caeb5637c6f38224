/** What the numbers count: registries count different things, and a sum of them is a sum of different things. */
import { html } from 'hono/html';
import type { ImageName } from '../core/model/image.ts';
import type { PageContext } from './context.ts';
import type { Html } from './layout.ts';

/** The help for the registries of these images. */
export function whatIsCounted({ registries }: PageContext, images: readonly ImageName[]): Html {
  const shown = registries.filter(({ id }) => images.some(({ registry }) => registry === id));
  if (shown.length === 0) return html``;
  return html`<details class="help">
    <summary>What is counted</summary>
    <dl>
      ${shown.map(
        ({ title, counts }) =>
          html`<div>
            <dt>${title}: ${counts.unit}${counts.lifetime ? '' : ', no lifetime total'}</dt>
            <dd>${counts.note}</dd>
          </div>`,
      )}
    </dl>
    ${shown.length > 1 ? html`<p>A sum over registries adds different things. The chart by registry keeps them apart.</p>` : ''}
  </details>`;
}
