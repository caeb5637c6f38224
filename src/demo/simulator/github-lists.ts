/** The pages of github.com that list: an owner's packages, and a package's versions. */
import { age, compact, escaped, grouped } from './github-text.ts';
import { ownerPath, shell, versionDownloads, versionsPath, type PageContext } from './github-pages.ts';
import type { GithubQuirks } from './github-quirks.ts';
import { newestFirst, totalDownloads, type GhcrPackage, type GhcrVersion } from './world.ts';

const packagesPerPage = 30;
const versionsPerPage = 50;
const icon =
  '<svg aria-hidden="true" height="16" viewBox="0 0 16 16" width="16" class="octicon octicon-package"><path d="M1 1"></path></svg>';

export interface ListPage {
  readonly number: number;
  /** What the links to other pages begin with. */
  readonly path: string;
  readonly quirks: GithubQuirks;
}

/** A page of the owner's public packages, most downloads first. */
export function packageListPage(context: PageContext, packages: readonly GhcrPackage[], { number: page, path, quirks }: ListPage): string {
  const { owner } = context;
  const sorted = packages.toSorted((a, b) => totalDownloads(b) - totalDownloads(a));
  const shown = rowsOf(sorted, page, quirks);
  const rows = shown.map((one) => packageRow(context, one)).join('');
  const list = shown.length > 0 ? `<ul>${rows}\n    </ul>` : nothingMatched();
  const main = `<div id="${owner.kind === 'organization' ? 'org-packages' : 'user-packages-list'}">
  <div class="Box">
    <div class="Box-header"><h3 class="f5">${icon}${plural(shown.length, 'package')}</h3></div>
    ${list}
  </div>
  ${pagination(Math.ceil(sorted.length / packagesPerPage), page, (to) => `${path}&page=${to}`)}
</div>`;
  return shell(`${owner.login} packages · GitHub`, main);
}

function rowsOf(sorted: readonly GhcrPackage[], page: number, { overtakes, printedTwice = [] }: GithubQuirks): GhcrPackage[] {
  const from = (page - 1) * packagesPerPage;
  const rows = sorted.slice(from, from + packagesPerPage);
  const overtaken = overtakes && rows.length > 0 ? sorted[from - 1] : undefined;
  if (overtaken) rows.splice(0, 1, overtaken);
  return rows.flatMap((row) => (printedTwice.includes(row.name) ? [row, row] : [row]));
}

/** The link says the owner in its registered case and the name as one segment; the number beside it is rounded. */
function packageRow({ owner, spell }: PageContext, { name, repo, ...rest }: GhcrPackage): string {
  const href = `${ownerPath(owner)}/packages/container/package/${encodeURIComponent(name)}`;
  const title = escaped(name);
  const source = repo === undefined ? '' : ` in <a class="Link--muted" href="/${owner.login}/${repo}">${escaped(repo)}</a>`;
  return `
      <li class="Box-row">
        <div class="d-flex flex-auto flex-column ${spell('mb-1')}" style="overflow: hidden;">
          <a class="text-bold f4 Link--primary" style="text-overflow: ellipsis" title="${title}" href="${href}">${title}</a>
          <small class="color-fg-muted">Published by <a class="Link--muted" href="/${owner.login}">${owner.login}</a>${source}</small>
        </div>
        <span class="color-fg-muted">${icon} ${compact(totalDownloads({ name, ...rest }))}</span>
      </li>`;
}

function nothingMatched(): string {
  return `<div class="blankslate"><h3 class="blankslate-heading">No results matched your search.</h3>
      <p>Try <a href="?">browsing all packages</a> to find what you're looking for.</p></div>`;
}

/** A page of the versions of a package that have a tag, or of those that have none. */
export function versionListPage(context: PageContext, shown: GhcrPackage, filter: 'tagged' | 'untagged', page: number): string {
  const { owner } = context;
  const tagged = newestFirst(shown.versions).filter(({ tags }) => tags.length > 0);
  const untagged = newestFirst(shown.versions).filter(({ tags }) => tags.length === 0);
  const all = filter === 'tagged' ? tagged : untagged;
  const rows = all.slice((page - 1) * versionsPerPage, page * versionsPerPage).map((version) => versionRow(context, shown, version));
  const path = (kind: string): string => `${versionsPath(owner, shown)}/versions?filters%5Bversion_type%5D=${kind}`;
  const tab = (kind: string, count: number): string =>
    `<a class="btn-link ${kind === filter ? 'selected' : ''}" href="${path(kind)}">\n      ${grouped(count)} ${kind}\n</a>`;
  const main = `<div id="versions-list" class="Box">
  <div class="Box-header">
    ${tab('tagged', tagged.length)}${tab('untagged', untagged.length)}
  </div>
  <ul>${rows.join('')}
  </ul>
  ${pagination(Math.ceil(all.length / versionsPerPage), page, (to) => `${path(filter)}&page=${to}`)}
</div>`;
  return shell(`${shown.name} versions · ${owner.login} · GitHub`, main);
}

function versionRow({ owner, nowMs, spell }: PageContext, shown: GhcrPackage, version: GhcrVersion): string {
  const { id, tags, digest, publishedAt } = version;
  const label = tags.length > 0 ? tags.map(escaped).join(', ') : digest;
  return `
    <li class="Box-row">
      <a class="css-truncate css-truncate-target" href="${versionsPath(owner, shown)}/${id}">${label}</a>
      <small class="color-fg-muted">
          Published ${age(publishedAt, nowMs)}
      </small>
${versionDownloads(version, spell)}
    </li>`;
}

/** Empty where one page is all; else two links say `rel="next"`, the next number and "Next". */
function pagination(pages: number, page: number, href: (to: number) => string): string {
  if (pages <= 1 || page > pages) return '<div class="paginate-container"></div>';
  const link = (to: number, label: string, attributes: string): string => `<a ${attributes}href="${escaped(href(to))}">${label}</a>`;
  const previous =
    page > 1 ? link(page - 1, 'Previous', 'class="previous_page" rel="prev" ') : '<span class="previous_page disabled">Previous</span>';
  const next = page < pages ? link(page + 1, 'Next', 'class="next_page" rel="next" ') : '<span class="next_page disabled">Next</span>';
  const numbers = Array.from({ length: pages }, (_, index) => index + 1).map((number) => {
    if (number === page) return `<a class="current" aria-current="page" data-total-pages="${pages}" href="#">${number}</a>`;
    return link(number, String(number), number === page + 1 ? 'rel="next" ' : number === page - 1 ? 'rel="prev" ' : '');
  });
  const inside = [previous, ...numbers, next].join(' ');
  return `<div class="paginate-container"><div role="navigation" aria-label="Pagination" class="pagination">${inside}</div></div>`;
}

function plural(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}
