/** The web page of a package on github.com: its structure with the traps in it, in a tenth of its real size. */
import { addDays, dayOf, type Day } from '../../core/model/day.ts';
import { age, escaped, grouped, pacificDay, pacificTime, rounded } from './github-text.ts';
import { newestFirst, totalDownloads, type GhcrOwner, type GhcrPackage, type GhcrVersion } from './world.ts';

/** A class name as it is spelled this time: GitHub renames some within one page, `mb-1` to `tmp-mb-1` (seen 2026-05-10). */
export type Spelling = (className: string) => string;

export interface PageContext {
  readonly owner: GhcrOwner;
  readonly nowMs: number;
  readonly spell: Spelling;
}

const barDays = 30;
const listedVersions = 5;

/** Everything around the part that differs from page to page. */
export function shell(title: string, main: string, head = ''): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>${escaped(title)}</title>
  <meta name="user-login" content="">${head}
</head>
<body class="logged-out env-production">
<header role="banner">
  <nav aria-label="Global"><ul>
    <li><a href="/features/packages"><span>Packages</span></a></li>
    <li><a href="/features/issues"><span>Issues</span></a></li>
  </ul></nav>
  <!-- '"\` --><!-- </textarea></xmp> -->
  <h1 class="Overlay-title" id="custom-scopes-dialog-title">Saved searches</h1>
</header>
<main>
${main}
</main>
<footer><h2 class="sr-only">Footer</h2></footer>
</body>
</html>
`;
}

export function notFoundPage(): string {
  return shell('Page not found · GitHub', '<h1>404</h1><p>This is not the web page you are looking for.</p>');
}

/** The page of an account. It links repositories and no package. */
export function profilePage(login: string): string {
  const name = escaped(login);
  return shell(
    `${login} · GitHub`,
    `<h1 class="vcard-names">${name}</h1>\n<h2>Popular repositories</h2>\n<a href="/${name}/website">website</a>`,
  );
}

/** Where links to an owner's packages begin, whatever repository they belong to. */
export function ownerPath({ kind, login }: GhcrOwner): string {
  return `/${kind === 'organization' ? 'orgs' : 'users'}/${login}`;
}

/** Where links to the versions of a package begin; other than those to the package they say `package` only once. */
export function versionsPath(owner: GhcrOwner, { name }: GhcrPackage): string {
  return `${ownerPath(owner)}/packages/container/${encodeURIComponent(name)}`;
}

export function packagePage(context: PageContext, shown: GhcrPackage): string {
  const { owner } = context;
  const pattern =
    shown.repo === undefined
      ? '/:user_type/:user_id/packages/:ecosystem/package/:name(.:format)'
      : '/:user_id/:repository/pkgs/:ecosystem/:name(.:format)';
  const head = `
  <meta name="route-pattern" content="${pattern}" data-turbo-transient>
  <meta name="route-controller" content="registry_two_packages" data-turbo-transient>
  <meta name="route-action" content="package_view" data-turbo-transient>`;
  const name = escaped(shown.name);
  const newestTag = newestTagged(shown)[0]?.tags.find((tag) => tag !== 'latest') ?? '';
  const main = `${shown.repo === undefined ? '' : repositoryTabs(owner.login, shown)}
<h1 class="mb-2 mt-1 clearfix width-fit">
  <span class="overflow-hidden lh-condensed" >
    ${name}
  </span>
  <span class="text-normal h2 mr-1 color-fg-muted" >${escaped(newestTag)}</span>
  <span title="Label: Visibility" class="Label v-align-middle">
    Public
</span>  <span title="Label: Latest" class="Label v-align-middle">
    Latest
</span></h1>
<!-- Total downloads <h3 title="1111111">1.11M</h3> -->
<script type="application/json" data-target="react-app.embeddedData">{"label":"Total downloads","title":"2222222"}</script>
<script>const sample = '<span class="d-block">Total downloads</span><h3 title="3333333">3.33M</h3>';</script>
${recentVersions(context, shown)}
${sidebar(context, shown)}`;
  return shell(`Package ${shown.name} · GitHub`, main, head);
}

/** The tab "Issues" has a counter with a title as well. */
function repositoryTabs(login: string, { repo = '', issues }: GhcrPackage): string {
  const path = `/${login}/${repo}`;
  return `<nav class="UnderlineNav"><ul>
  <li><a href="${path}"><span data-content="Code">Code</span></a></li>
  <li><a href="${path}/issues">
    <span data-content="Issues">Issues</span>
      <span id="issues-repo-tab-count" title="${issues}" class="Counter">${rounded(issues)}</span>
  </a></li>
</ul></nav>`;
}

function newestTagged({ versions }: GhcrPackage): GhcrVersion[] {
  return newestFirst(versions)
    .filter(({ tags }) => tags.length > 0)
    .slice(0, listedVersions);
}

function recentVersions(context: PageContext, shown: GhcrPackage): string {
  const rows = newestTagged(shown).map((version) => versionRow(context, shown, version));
  return `<div class="Box">
  <div class="Box-header">
    <h3 class="f5">Recent tagged image versions</h3>
  </div>
  <ul>${rows.join('')}
  </ul>
</div>`;
}

function versionRow({ owner, nowMs, spell }: PageContext, shown: GhcrPackage, version: GhcrVersion): string {
  const link = `${versionsPath(owner, shown)}/${version.id}`;
  const labels = version.tags.map((tag) => {
    const style = tag === 'latest' ? 'Label Label--success mr-1 mb-2' : 'Label mr-1 mb-2 text-normal';
    return `\n          <a class="${style}" href="${link}?tag=${encodeURIComponent(tag)}">${escaped(tag)}</a>`;
  });
  return `
    <li class="Box-row">  <div class="d-flex" >
      <div class="col-10 d-flex flex-auto flex-column" style="overflow: hidden;">
        <div class="d-inline-flex flex-wrap">${labels.join('')}
        </div>
        <small class="color-fg-muted">
            Published ${age(version.publishedAt, nowMs)} · Digest
            <span class="Details js-details-container">
              <button type="button" class="ellipsis-expander" aria-expanded="false">&hellip;</button>
              <code><clipboard-copy aria-label="Copy" value="${version.digest}" class="CopyBlock">
                <span class="color-fg-muted">${version.digest}</span>
              </clipboard-copy></code>
            </span>
        </small>
      </div>
${versionDownloads(version, spell)}
    </div>
</li>`;
}

/** 1,000 and more with commas (seen on euro-office's and zeroclaw's pages). */
export function versionDownloads({ downloads }: GhcrVersion, spell: Spelling): string {
  return `      <span class="d-flex flex-items-center gap-1 color-fg-muted f6 ${spell('mr-3')}" style="white-space:nowrap;">
        <svg aria-hidden="true" height="16" viewBox="0 0 16 16" width="16" class="octicon octicon-download"><path d="M1 1"></path></svg>
        ${grouped(downloads)}
        <span class="sr-only">Version downloads</span>
      </span>`;
}

/** Label and heading of each number have the same shape, and only the title of the heading is exact. */
function sidebar({ nowMs, spell }: PageContext, shown: GhcrPackage): string {
  const total = totalDownloads(shown);
  const [newest] = newestFirst(shown.versions);
  const published = newest
    ? `<span  class="d-block color-fg-muted text-small ${spell('mb-1')}">
      Last published
  </span>
  <h3 title="${pacificTime(newest.publishedAt)}">${age(newest.publishedAt, nowMs)}</h3>`
    : '';
  const issues =
    shown.repo === undefined
      ? ''
      : `<div class="lh-condensed d-flex flex-column flex-items-baseline">
  <span class="d-block color-fg-muted text-small ${spell('mb-1')}">Issues</span>
  <h3 title="${shown.issues}">${rounded(shown.issues)}</h3>
</div>`;
  return `<hr class="${spell('my-3')}">
<div class="lh-condensed d-flex flex-column flex-items-baseline ${spell('mr-4')}">
  ${published}
</div>
${issues}
<div class="container-lg ${spell('my-3')} d-flex clearfix">
  <div class="lh-condensed d-flex flex-column flex-items-baseline ${spell('pr-1')}">
    <span class="d-block color-fg-muted text-small ${spell('mb-1')}">Total downloads</span>
    <h3 title="${total}">${rounded(total)}</h3>
  </div>
  <div class="lh-condensed d-inline-flex tooltipped tooltipped-s ${spell('mt-3')}" aria-label="Downloads for the last 30 days">
    <svg
        width="120"
        height="24"
        viewBox="0 0 120 24"
        fill="none"
        xmlns="http://www.w3.org/2000/svg">${bars(shown.frozen?.daily ?? shown.daily, nowMs)}
    </svg>
  </div>
</div>
<hr class="${spell('my-3')}">
<h2 class="h4">Contributors <span title="5" class="Counter">5</span></h2>`;
}

/**
 * Newest first. They are UTC days, the first one the unfinished today, but have dates of California: until midnight there all of them are
 * one day behind (zeroclaw-labs/zeroclaw-metrics, July 2026). The height is scaled and tells nothing exact.
 */
function bars(daily: ReadonlyMap<Day, number>, nowMs: number): string {
  const [today, label] = [dayOf(nowMs), pacificDay(nowMs)];
  const counts = Array.from({ length: barDays }, (_, daysAgo) => daily.get(addDays(today, -daysAgo)) ?? 0);
  const highest = Math.max(1, ...counts);
  const rects = counts.map((count, daysAgo) => {
    const height = Math.round((24 * count) / highest);
    return `
        <rect
            x="${120 - 4 * daysAgo}"
            y="${24 - height}"
            data-merge-count="${count}"
            data-date="${addDays(label, -daysAgo)}"
            width="2"
            height="${height}"
            rx="1"
            fill="#28A745"></rect>`;
  });
  return rects.join('');
}
