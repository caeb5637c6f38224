/** What every page has around its content. */
import { html } from 'hono/html';
import { dayMs } from '../core/model/day.ts';
import { momentText } from '../core/views/format.ts';

export { imagePath, readable, tagsPath } from '../http/page-links.ts';

/** A piece of HTML; what is put into it is escaped. */
export type Html = ReturnType<typeof html>;

export interface Surroundings {
  /** Prefix behind a reverse proxy: empty, or `/x`. */
  readonly basePath: string;
  readonly version: string;
  /** What every page says above its content; absent: nothing. */
  readonly notice?: string | undefined;
  /** Path of an asset by its plain name. */
  readonly asset: (name: string) => string;
  /** Where the service is reached from outside, as `https://stats.example`; empty where nobody asked. */
  readonly origin: string;
  /** Another one as soon as a page shows something else. */
  readonly revision: string;
}

export type Section = 'images' | 'events' | 'status';

export interface PageParts {
  readonly title: string;
  /** One sentence for search engines and for previews of links. */
  readonly description?: string | undefined;
  readonly section?: Section | undefined;
  /** Seconds after which the page looks whether there is anything new. */
  readonly refreshSeconds?: number | undefined;
  /** Seconds after which the browser loads it anew, without a script. */
  readonly reloadSeconds?: number | undefined;
  /** The shortest address of what is shown. */
  readonly url?: string | undefined;
  /** The feed of what is shown, without the base path; absent: that of all events. */
  readonly feed?: string | undefined;
  readonly main: Html;
}

export function page(surroundings: Surroundings, parts: PageParts): Html {
  const { basePath, version, revision } = surroundings;
  const { refreshSeconds, url, main } = parts;
  return html`<!doctype html>
    <html lang="en">
      ${head(surroundings, parts)}
      <body>
        <a class="skip" href="#content">Skip to content</a>
        ${bar(surroundings, parts)} ${surroundings.notice === undefined ? '' : html`<p class="about">${surroundings.notice}</p>`}
        <div id="trouble" role="alert"></div>
        <main
          id="content"
          tabindex="-1"
          ${refreshSeconds === undefined ? '' : html`data-refresh-seconds="${refreshSeconds}" data-poll="${basePath}/data/revision.json"`}
          data-revision="${revision}"
          ${url === undefined ? '' : html`data-url="${url}"`}
        >
          ${main}
        </main>
        <footer class="bar">
          registry-stats ${version} · days are in UTC · <a href="${basePath}/api/openapi.json">API</a> ·
          <a href="${basePath}/api/images?format=csv">all images as CSV</a>
          <span class="scripted">· <button type="button" id="shortcuts">keyboard shortcuts</button></span>
        </footer>
        <div id="news" class="unseen" role="status"></div>
      </body>
    </html> `;
}

const aboutAll = 'How often container images are downloaded, day by day';

function head(
  { basePath, asset, origin }: Surroundings,
  { title, description = aboutAll, reloadSeconds, url, feed = '/feed.atom' }: PageParts,
): Html {
  return html`<head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    ${reloadSeconds === undefined ? '' : html`<meta http-equiv="refresh" content="${reloadSeconds}" />`}
    <title>${title} · registry-stats</title>
    <meta name="description" content="${description}" />
    <meta property="og:type" content="website" />
    <meta property="og:site_name" content="registry-stats" />
    <meta property="og:title" content="${title}" />
    <meta property="og:description" content="${description}" />
    ${origin === '' ? '' : html`<meta property="og:image" content="${origin}${asset('touch-icon.png')}" />`}
    ${origin === '' || url === undefined ? '' : html`<meta property="og:url" content="${origin}${url}" />`}
    <meta name="theme-color" media="(prefers-color-scheme: light)" content="#ffffff" />
    <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#171e26" />
    <link rel="icon" href="${asset('favicon.ico')}" sizes="32x32" />
    <link rel="icon" href="${asset('icon.svg')}" type="image/svg+xml" />
    <link rel="apple-touch-icon" href="${asset('touch-icon.png')}" />
    <link rel="alternate" type="application/atom+xml" title="registry-stats events" href="${basePath}${feed}" />
    <link rel="stylesheet" href="${asset('style.css')}" />
    <script src="${asset('theme.js')}"></script>
    <script src="${asset('main.js')}" type="module"></script>
  </head>`;
}

function bar({ basePath, asset }: Surroundings, { section }: PageParts): Html {
  const link = (name: Section, path: string, text: string): Html =>
    html`<a href="${basePath}${path}" ${section === name ? html`aria-current="page"` : ''}>${text}</a>`;
  return html`<header class="bar">
    <a class="brand" href="${basePath}/"><img src="${asset('icon.svg')}" alt="" width="24" height="24" /><span>registry-stats</span></a>
    <nav aria-label="Pages">
      ${link('images', '/', 'Images')}${link('events', '/events', 'Events')}${link('status', '/status', 'Status')}
    </nav>
    <label class="theme" hidden
      ><span>Theme</span>
      <select aria-label="Theme" id="theme" autocomplete="off">
        <option value="">System</option>
        <option value="light">Light</option>
        <option value="dark">Dark</option>
      </select></label
    >
  </header>`;
}

/** A moment, and how long ago it is; `missing` where there is none. */
export function ago(timestamp: string | undefined, now: number, missing = '—'): Html {
  const epochMs = Date.parse(timestamp ?? '');
  if (Number.isNaN(epochMs)) return html`<span class="unknown">${missing}</span>`;
  const written = new Date(epochMs).toISOString();
  return html`<time datetime="${written}" title="${momentText(written)} UTC">${distance(now - epochMs)}</time>`;
}

const steps: readonly (readonly [ms: number, name: string])[] = [
  [365 * dayMs, 'year'],
  [30 * dayMs, 'month'],
  [dayMs, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
];

function distance(ms: number): string {
  const step = steps.find(([length]) => Math.abs(ms) >= length);
  if (!step) return 'just now';
  const [length, name] = step;
  const count = Math.floor(Math.abs(ms) / length);
  const text = `${count} ${name}${count === 1 ? '' : 's'}`;
  return ms >= 0 ? `${text} ago` : `in ${text}`;
}

/** A page that says what went wrong and what would be right. */
export function errorPage(surroundings: Surroundings, title: string, message: string): Html {
  return page(surroundings, {
    title,
    main: html`<h1>${title}</h1>
      <p class="notice bad">${message}.</p>
      <p><a href="${surroundings.basePath}/">All images</a> · <a href="${surroundings.basePath}/status">Status</a></p>`,
  });
}

/** A page in place of one that cannot be shown yet; it refreshes itself, also without scripts. `reason`: what it waits for. */
export function waitingPage(surroundings: Surroundings, reason: string): Html {
  return page(surroundings, {
    title: 'Starting',
    reloadSeconds: 2,
    main: html`<h1>Starting</h1>
      <p class="notice" role="status">${reason.charAt(0).toUpperCase()}${reason.slice(1)}.</p>`,
  });
}
