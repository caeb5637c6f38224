/** How pulls are counted: registries count differently, so a sum across registries mixes different counts. */
import { html } from 'hono/html';
import type { PageContext } from './context.ts';
import type { Html } from './layout.ts';

/** The help for these registries. */
export function howPullsAreCounted({ registries }: PageContext, ids: ReadonlySet<string>): Html {
  const shown = registries.filter(({ id }) => ids.has(id));
  if (shown.length === 0) return html``;
  return html`<details class="help" data-key="counting">
    <summary>How pulls are counted</summary>
    <dl>
      ${shown.map(
        ({ title, counts }) =>
          html`<div>
            <dt>${title}: ${counts.unit}${counts.lifetime ? '' : ', no lifetime total'}</dt>
            <dd>${counts.note}</dd>
          </div>`,
      )}
    </dl>
    ${shown.length > 1 ? html`<p>Registries count differently, so a sum across registries mixes different counts. Group the chart by registry to see each on its own.</p>` : ''}
  </details>`;
}
