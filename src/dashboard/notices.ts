/** What the overview says above its numbers: a first run, what fails, what was skipped, and what comes tomorrow. */
import { html } from 'hono/html';
import type { ImageSums } from '../core/views/image-sums.ts';
import { dayOf } from '../core/model/day.ts';
import type { ImageName } from '../core/model/image.ts';
import type { Failure } from '../core/model/outcome.ts';
import { momentText } from '../core/views/format.ts';
import type { CollectorStatus, RegistryStatus } from '../core/views/status.ts';
import { titleOf, type PageContext } from './context.ts';
import type { Html } from './layout.ts';

export function notices(context: PageContext, { registries }: ImageSums): Html {
  const status = context.status();
  return html`${runNotice(context, status)} ${ownerNotices(context, status)} ${skippedNotice(context)}
  ${firstDayNotice(context, registries)}`;
}

/** Whether a registry was never read, because its first run is not over: that is neither good nor bad. */
export function isFirstRun({ registries }: CollectorStatus): boolean {
  return registries.some(({ state, lastSuccess }) => state === 'waiting' && lastSuccess === undefined);
}

/** E.g. `First run in progress: 3 of 12 images. Numbers appear as images are read.` */
export function firstRunText({ registries, runningSince }: CollectorStatus): string {
  const running = registries.flatMap(({ progress }) => (progress ? [progress] : []));
  const [done, total] = [running.reduce((sum, each) => sum + each.done, 0), running.reduce((sum, each) => sum + each.total, 0)];
  if (runningSince === undefined && total === 0) return 'The first run has not started yet. Numbers appear as images are read.';
  return `First run in progress${total > 0 ? `: ${done} of ${total} images` : ''}. Numbers appear as images are read.`;
}

function runNotice({ basePath }: PageContext, status: CollectorStatus): Html {
  const { health, registries } = status;
  const link = html`<a href="${basePath}/status">View status</a>`;
  const firstRun = isFirstRun(status);
  const failing = registries.filter(({ state }) => state === 'failing');
  const working = registries.filter(({ state }) => state !== 'failing' && state !== 'off' && state !== 'waiting');
  const works = working.length === 0 ? '' : `${listOf(working.map(({ title }) => title))} ${working.length === 1 ? 'works' : 'work'}.`;
  const said = html`${firstRun ? html`<p class="notice" role="status" data-key="first-run">${firstRunText(status)}</p>` : ''}`;
  if (failing.length > 0 && (working.length > 0 || firstRun)) {
    return html`${said}
      <p class="notice warn" data-key="health">${listOf(failing.map(failingText))}. ${works} ${link}</p>`;
  }
  return health.healthy || firstRun ? said : html`<p class="notice bad" data-key="health">Unhealthy: ${health.reason}. ${link}</p>`;
}

function failingText({ title, diagnosis, lastSuccess }: RegistryStatus): string {
  const since = lastSuccess === undefined ? '' : `; its numbers are of ${momentText(lastSuccess)} UTC`;
  return `${title} could not be read${diagnosis === undefined ? '' : ` (${diagnosis})`}${since}`;
}

/** Owners whose images were to be found, and who are not there. */
function ownerNotices({ basePath }: PageContext, { registries }: CollectorStatus): Html {
  const missing = registries.flatMap(({ title, listings }) =>
    listings.filter(({ shortfall }) => shortfall?.code === 'not_found').map(({ owner }) => ({ title, owner })),
  );
  if (missing.length === 0) return html``;
  return html`<p class="notice warn" data-key="owners">
    ${missing.map(({ title, owner }) => html`${title} has no owner <code>${owner}</code> with public images. `)}Check the spelling in the
    configuration. <a href="${basePath}/status">View status</a>
  </p>`;
}

const maxSkipped = 3;

function skippedNotice({ basePath, configProblems }: PageContext): Html {
  if (configProblems.length === 0) return html``;
  const shown = configProblems.slice(0, maxSkipped);
  const others = configProblems.length - shown.length;
  return html`<p class="notice warn" data-key="skipped">
    Check the configuration:
    ${shown.map(
      ({ variable, entry, reason }, at) =>
        html`${at === 0 ? '' : '; '}${entry === '' ? '' : html`<code>${entry}</code> in `}<code>${variable}</code> (${reason})`,
    )}${others > 0 ? `, and ${others} more` : ''}.
    <a href="${basePath}/status">View status</a>
  </p>`;
}

/** A registry that publishes totals only has no pulls of a day before there are two totals. */
function firstDayNotice(context: PageContext, registries: ImageSums['registries']): Html {
  const today = dayOf(context.clock.now());
  const titles = (ids: readonly string[]): string => listOf(ids.map((id) => titleOf(context, id)));
  const read = [...registries].filter(([, { historySince }]) => historySince !== undefined);
  const young = read.filter(([, { historySince }]) => historySince === today).map(([id]) => id);
  if (young.length === 0) return html``;
  const filled = read.filter(([, { historySince, backfilledDays }]) => historySince !== today && backfilledDays > 0);
  const most = Math.max(0, ...filled.map(([, { backfilledDays }]) => backfilledDays));
  return html`<p class="notice" data-key="first-day">
    ${titles(young)}: daily pulls begin tomorrow, because only totals are published there.
    ${filled.length > 0 ? `${titles(filled.map(([id]) => id))}: the last ${most} days are here.` : ''}
  </p>`;
}

/** Why an image has no numbers, where the last run tells. */
export function failureOf({ registries }: CollectorStatus, { registry, repo }: ImageName): Failure | undefined {
  const { failures = [], listings = [] } = registries.find((each) => each.registry === registry) ?? {};
  return failures.find((failure) => failure.repo === repo) ?? listings.find(({ owner }) => repo.startsWith(`${owner}/`))?.shortfall;
}

function listOf(texts: readonly string[]): string {
  return new Intl.ListFormat('en', { type: 'conjunction' }).format(texts);
}
