/** The builder of badges and charts to embed: what to show, how it looks, and the text to copy. */
import { html } from 'hono/html';
import { parseChoice } from '../core/model/choice.ts';
import { textParameters, type Field } from '../http/query.ts';
import type { PageContext } from './context.ts';
import { hiddenInputs, registrySelect, select } from './controls.ts';
import { readable, type Html } from './layout.ts';
import { keysOf } from './view.ts';

const periods = { total: 'Total', day: 'Per day', week: 'Per week', month: 'Per month' };
const styles = { flat: 'Flat', 'flat-square': 'Flat square', plastic: 'Plastic', 'for-the-badge': 'For the badge', social: 'Social' };
const colors = {
  blue: 'Blue',
  brightgreen: 'Bright green',
  green: 'Green',
  yellow: 'Yellow',
  orange: 'Orange',
  red: 'Red',
  blueviolet: 'Violet',
  lightgrey: 'Gray',
};
const markups = { markdown: 'Markdown', html: 'HTML', rst: 'reStructuredText' };

export interface Embed {
  /** A registry's id, or `all`. */
  readonly registry: string;
  readonly period: keyof typeof periods;
  readonly style: keyof typeof styles;
  readonly color: keyof typeof colors;
  readonly label: string;
}

/** @throws AppError invalid_input that names the parameter and what would be valid */
function parseEmbed(query: URLSearchParams, registries: readonly string[]): Embed {
  return {
    registry: parseChoice('badge', query.get('badge'), ['all', ...registries]) ?? 'all',
    period: parseChoice('period', query.get('period'), keysOf(periods)) ?? 'total',
    style: parseChoice('style', query.get('style'), keysOf(styles)) ?? 'flat',
    color: parseChoice('color', query.get('color'), keysOf(colors)) ?? 'blue',
    label: (query.get('label') ?? '').slice(0, 64),
  };
}

/** What to embed as an endpoint takes it. */
export const embedField: Field<Embed> = {
  parameters: textParameters('badge', 'period', 'style', 'color', 'label'),
  parse: (query, { registries }) => parseEmbed(query, registries),
};

/** `origin`: where the service is reached from outside, as `https://stats.example`; `kept`: the rest of the page's address. */
export function embedSection(
  context: PageContext,
  repo: string,
  embed: Embed,
  origin: string,
  kept: readonly (readonly [string, string])[],
): Html {
  const title = `pulls of ${readable(repo)}`;
  const path = `${embed.registry}/${readable(repo).split('/').map(encodeURIComponent).join('/')}`;
  const badge = `${context.basePath}/badge/${path}.svg${badgeQuery(embed)}`;
  const chart = `${context.basePath}/chart/${path}.svg?kind=daily`;
  const pageUrl = `${origin}${context.basePath}/images/${readable(repo)}`;
  return html`<section class="card" aria-labelledby="embed" data-key="embed-section">
    <h2 id="embed">Badge and chart for a README</h2>
    <form class="controls" method="get" autocomplete="off" data-view>
      ${hiddenInputs(kept)} ${registrySelect(context.registries, 'badge', 'all', embed.registry)}
      ${select('period', 'Pulls', periods, embed.period)} ${select('style', 'Style', styles, embed.style)}
      ${select('color', 'Color', colors, embed.color)}
      <label>Label <input type="text" name="label" value="${embed.label}" maxlength="64" placeholder="pulls" autocomplete="off" /></label>
      <button type="submit">Show</button>
    </form>
    <p class="preview"><img src="${badge}" alt="Badge: ${title}" /></p>
    ${keysOf(markups).map((markup) => snippet(markups[markup], badgeMarkup(markup, origin + badge, pageUrl, title)))}
    <h3>Chart</h3>
    <p class="preview">
      <picture
        ><source media="(prefers-color-scheme: dark)" srcset="${chart}&amp;theme=dark" />
        <img src="${chart}&amp;theme=light" alt="Chart: ${title}" loading="lazy" width="720" height="240"
      /></picture>
    </p>
    ${snippet(
      'HTML',
      `<picture>\n  <source media="(prefers-color-scheme: dark)" srcset="${origin}${chart}&amp;theme=dark">\n  <img alt="${title}" src="${origin}${chart}&amp;theme=light">\n</picture>`,
    )}
  </section>`;
}

function badgeQuery(embed: Embed): string {
  const text = new URLSearchParams(badgeParameters(embed)).toString();
  return text === '' ? '' : `?${text}`;
}

/** What is not the default, as the badge's address has it. */
function badgeParameters({ period, style, color, label }: Embed): [string, string][] {
  const parameters: [string, string][] = [];
  if (period !== 'total') parameters.push(['period', period]);
  if (style !== 'flat') parameters.push(['style', style]);
  if (color !== 'blue') parameters.push(['color', color]);
  if (label !== '') parameters.push(['label', label]);
  return parameters;
}

/** What is not the default, as the page's address has it. */
export function embedParameters(embed: Embed): [string, string][] {
  const parameters = badgeParameters(embed);
  return embed.registry === 'all' ? parameters : [['badge', embed.registry], ...parameters];
}

function badgeMarkup(markup: keyof typeof markups, badge: string, link: string, title: string): string {
  if (markup === 'markdown') return `[![${title}](${badge})](${link})`;
  if (markup === 'rst') return `.. image:: ${badge}\n   :target: ${link}\n   :alt: ${title}`;
  return `<a href="${link}"><img src="${badge.replaceAll('&', '&amp;')}" alt="${title}"></a>`;
}

function snippet(name: string, text: string): Html {
  return html`<div class="snippet">
    <span>${name}</span>
    <pre tabindex="0"><code>${text}</code></pre>
    <button type="button" class="scripted" data-copy>Copy</button>
  </div>`;
}
