/** The status page: registries, the current run, failures and what to do about them. */
import { html } from 'hono/html';
import type { Day } from '../core/model/day.ts';
import type { ImageDoubt, ImageFailure, ListingStatus } from '../core/model/outcome.ts';
import { amountText } from '../core/views/discrepancy.ts';
import type { ChannelStatus } from '../core/model/notice.ts';
import { formatExact, momentText } from '../core/views/format.ts';
import type { CollectorStatus, PastRun, RegistryState, RegistryStatus } from '../core/views/status.ts';
import { advice } from './advice.ts';
import type { PageContext } from './context.ts';
import { howToConfigure } from './controls.ts';
import { firstRunText, isFirstRun } from './notices.ts';
import { notifications } from './notifications.ts';
import { ago, page, readable, type Html } from './layout.ts';

const stateText: Readonly<Record<RegistryState, string>> = {
  off: 'Not configured',
  waiting: 'Waiting for the first run',
  ok: 'Last run succeeded',
  degraded: 'Last run incomplete',
  failing: 'Last run failed',
  frozen: "Totals inconsistent with the registry's daily counts: only one of them changes",
  inconsistent: "Totals inconsistent with the registry's daily counts",
};

/** `futureDays`: days after tomorrow that have a snapshot; `channels`: what became of notifications. */
export function statusPage(context: PageContext, futureDays: readonly Day[] = [], channels: readonly ChannelStatus[] = []): Html {
  const status = context.status();
  const now = context.clock.now();
  const running = status.runningSince !== undefined;
  const used = status.registries.filter(({ state }) => state !== 'off');
  const unused = status.registries.filter(({ state }) => state === 'off');
  return page(context, {
    title: 'Status',
    section: 'status',
    refreshSeconds: running ? 2 : 30,
    main: html`<h1>Status</h1>
      <p class="notice ${healthClass(status)}" role="status">
        ${isFirstRun(status) ? firstRunText(status) : `${status.health.healthy ? 'Healthy' : 'Unhealthy'}: ${status.health.reason}.`}
        ${running ? html`Run in progress, started ${ago(status.runningSince, now)}.` : status.nextCycle === undefined ? '' : html`Next run ${ago(status.nextCycle, now)}.`}
      </p>
      ${triggerForm(context, running)}
      ${status.retentionError === undefined ? '' : html`<p class="notice bad">Old snapshots could not be deleted: ${status.retentionError}.</p>`}
      ${futureDays.length === 0 ? '' : html`<p class="notice bad">${futureText(futureDays)}</p>`}
      ${context.howToConfigure === undefined ? '' : howToConfigure(context)} ${problems(context)}
      <div class="cards" data-key="registries">${used.map((registry) => registryCard(registry, now))}</div>
      ${unused.length > 0 && used.length > 0 ? html`<p class="hint">Not configured: ${unused.map(({ title }) => title).join(', ')}.</p>` : ''}
      ${status.registries.map(failureTable)} ${notifications(channels, now)} ${pastRuns(status.runs, now)}`,
  });
}

function healthClass(status: CollectorStatus): string {
  if (isFirstRun(status)) return '';
  return status.health.healthy ? 'good' : 'bad';
}

function futureText(days: readonly Day[]): string {
  const [first, last] = [days[0], days.at(-1)];
  const which = days.length === 1 ? `${first}` : `${days.length} days from ${first} to ${last}`;
  return `Snapshots dated after tomorrow are ignored until their day comes: ${which}. Check the clock of the machine that wrote them.`;
}

/** Where it is allowed: a run now. It works without a script. */
function triggerForm({ basePath, trigger, howToConfigure: nothing }: PageContext, isRunning: boolean): Html {
  if (!trigger || isRunning || nothing !== undefined) return html``;
  return html`<form method="post" action="${basePath}/api/trigger?token=${trigger.token()}">
    <button type="submit">Check now</button>
  </form>`;
}

/** The last runs: how long they took, and what failed. */
function pastRuns(runs: readonly PastRun[] = [], now: number): Html {
  if (runs.length === 0) return html``;
  return html`<section aria-labelledby="runs" data-key="runs">
    <h2 id="runs">Last runs</h2>
    <div class="scroll" role="region" aria-label="Last runs" tabindex="0">
      <table class="runs" role="table">
        <caption>
          Since this process started, at most 20
        </caption>
        <thead role="rowgroup">
          <tr role="row">
            <th scope="col" role="columnheader">Started</th>
            <th scope="col" role="columnheader" class="number">Duration</th>
            <th scope="col" role="columnheader" class="number">Images read</th>
            <th scope="col" role="columnheader" class="number">Failures</th>
            <th scope="col" role="columnheader">Result</th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          ${runs.map(
            (run) =>
              html`<tr role="row" data-key="run ${run.id}">
                <th scope="row" role="rowheader">${ago(run.startedAt, now)} <span class="hint">${momentText(run.startedAt)} UTC</span></th>
                <td role="cell" class="number" data-label="Duration">${duration(run.durationMs)}</td>
                <td role="cell" class="number" data-label="Images read">${formatExact(run.imagesRead)}</td>
                <td role="cell" class="number" data-label="Failures">${formatExact(run.imagesFailed)}</td>
                <td role="cell">${resultOf(run)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

function resultOf({ saveError, failedRegistries, imagesFailed }: PastRun): string {
  if (saveError !== undefined) return `Could not be stored: ${saveError}`;
  if (failedRegistries.length > 0) return `Failed: ${failedRegistries.join(', ')}`;
  return imagesFailed > 0 ? 'Incomplete' : 'Succeeded';
}

/** E.g. `4.2 s`, `3 min 20 s`, `1 h 5 min`. */
function duration(ms: number): string {
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

function problems({ configProblems }: PageContext): Html {
  if (configProblems.length === 0) return html``;
  return html`<section aria-labelledby="problems" data-key="problems-section">
    <h2 id="problems">Invalid entries</h2>
    <div class="scroll" role="region" aria-label="Invalid entries" tabindex="0">
      <table>
        <thead>
          <tr>
            <th scope="col">Variable</th>
            <th scope="col">Entry</th>
            <th scope="col">Reason</th>
          </tr>
        </thead>
        <tbody>
          ${configProblems.map(
            ({ variable, entry, reason }) =>
              html`<tr>
                <td><code>${variable}</code></td>
                <td><code>${entry}</code></td>
                <td>${reason}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

function registryCard(registry: RegistryStatus, now: number): Html {
  const { title, state, progress, lastDurationMs, diagnosis, doubts } = registry;
  return html`<section class="card registry-${state}" data-key="${registry.registry}">
    <h2>${title} <span class="flag ${state === 'ok' ? 'good' : state === 'off' || state === 'waiting' ? '' : 'bad'}">${state}</span></h2>
    <p>${stateText[state]}${diagnosis === undefined ? '' : html`: <strong>${diagnosis}</strong>`}</p>
    ${progress ? html`<p><progress max="${Math.max(progress.total, 1)}" value="${progress.done}" aria-label="Run in progress"></progress> ${progress.done} of ${progress.total} images</p>` : ''}
    <dl class="facts">
      <div>
        <dt>Images read</dt>
        <dd>${registry.imagesRead}</dd>
      </div>
      <div>
        <dt>Failures</dt>
        <dd>${registry.imagesFailed}</dd>
      </div>
      <div>
        <dt>Last success</dt>
        <dd>${ago(registry.lastSuccess, now, 'never')}</dd>
      </div>
      <div>
        <dt>Duration</dt>
        <dd>${lastDurationMs === undefined ? '—' : duration(lastDurationMs)}</dd>
      </div>
    </dl>
    ${registry.listings.map(listingText)}
    ${doubts.length === 0 ? '' : html`<p>Inconsistent totals: ${doubts.map(doubtText).join(', ')}</p>`}
  </section>`;
}

/** E.g. `acme/app (inconsistent: −510 since 2026-11-10 13:00 UTC)`. */
function doubtText({ repo, doubt, by, since }: ImageDoubt): string {
  return `${readable(repo)} (${doubt}${by === undefined || since === undefined ? '' : `: ${amountText({ by, since })}`})`;
}

function listingText({ owner, listed, expected, complete, shortfall }: ListingStatus): Html {
  const count = expected === undefined ? `${listed}` : `${listed} of ${expected}`;
  return html`<p>
    <code>${owner}/*</code>: ${count} image${(expected ?? listed) === 1 ? '' : 's'}
    listed${complete ? '' : html` <span class="flag bad">incomplete</span>${shortfall ? ` ${shortfall.message}` : ''}`}
  </p>`;
}

/** What the card does not say already. */
function failureTable({ title, failures, unexplained }: RegistryStatus): Html {
  if (unexplained.length === 0) return html``;
  return html`<section data-key="failures ${title}">
    <h2>${title}: ${unexplained.length < failures.length ? 'other ' : ''}failures</h2>
    <div class="scroll" role="region" aria-label="Failures of ${title}" tabindex="0">
      <table>
        <thead>
          <tr>
            <th scope="col">Image</th>
            <th scope="col">Missing</th>
            <th scope="col">Reason</th>
            <th scope="col">What to do</th>
          </tr>
        </thead>
        <tbody>
          ${unexplained.map(failureRow)}
        </tbody>
      </table>
    </div>
  </section>`;
}

function failureRow({ repo, missing, message, code }: ImageFailure): Html {
  return html`<tr>
    <th scope="row">${readable(repo)}</th>
    <td>${missing === 'total' ? 'total' : 'details'}</td>
    <td>${message}</td>
    <td>${advice[code]}</td>
  </tr>`;
}
