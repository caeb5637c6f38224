/** The first lines of the page of an image or a group: its total, where its pages are, and when it reaches the next round number. */
import { html } from 'hono/html';
import type { ImageName } from '../core/model/image.ts';
import { dailyRate, rateDays, sumKnown } from '../core/numbers/growth.ts';
import { nextMilestone } from '../core/numbers/milestones.ts';
import { formatExact } from '../core/views/format.ts';
import type { KnownHistory, TrackedImage } from '../core/views/images.ts';
import { titleOf, todayOf, type PageContext } from './context.ts';
import { exactCount } from './figures.ts';
import { readable, type Html } from './layout.ts';

export interface HeadlineParts {
  /** The name of the page. */
  readonly repo: string;
  /** Since when all of its images are deleted; undefined where one is left. */
  readonly ended: string | undefined;
}

export function headline(
  context: PageContext,
  images: readonly TrackedImage[],
  known: KnownHistory,
  { repo: shown, ended }: HeadlineParts,
): Html {
  const total = sumKnown(images.map(({ pullCount }) => pullCount));
  const registries = new Set(images.map(({ registry }) => registry)).size;
  const links = images.flatMap((image) => {
    const address = pageOf(context, image);
    const text = image.repo === shown ? titleOf(context, image.registry) : `${titleOf(context, image.registry)}: ${readable(image.repo)}`;
    return address === undefined ? [] : [html`<a href="${address}" rel="noreferrer">${text}</a>`];
  });
  return html`<p class="headline" data-key="headline">
    <strong>${exactCount(total)}</strong>
    ${total === 1 ? 'pull' : 'pulls'}${registries > 1 ? ` on ${registries} registries` : ''}${total === undefined ? '' : html` · ${ended === undefined ? milestoneText(context, known, total) : ended.charAt(0).toLowerCase() + ended.slice(1)}`}
    ${links.length === 0 ? '' : html`<span class="links">On ${links.map((link, at) => html`${at === 0 ? '' : ', '}${link}`)}</span>`}
  </p>`;
}

/** Fewer days than a week say nothing: weekends differ. */
const minDays = 7;

/** It is a guess, and says from what. */
function milestoneText(context: PageContext, { series }: KnownHistory, total: number): Html {
  const today = todayOf(context);
  const rate = series.reduce((sum, image) => sum + dailyRate(image, today - 1), 0);
  const { milestone, day } = nextMilestone(total, rate, today);
  const known = Math.min(rateDays, Math.max(0, ...series.map(({ days }) => today - 1 - (days[0] ?? today))));
  return html`next milestone ${formatExact(milestone)}, ${whenText(day, rate, known)}`;
}

/** `days`: of which the pace is known. */
function whenText(day: string | undefined, rate: number, days: number): Html | string {
  if (days < minDays) return 'too early to say when';
  if (rate === 0) return `no pulls in the last ${days} days`;
  if (day === undefined) return `in more than ten years at the pace of the last ${days} days`;
  return html`around <time datetime="${day}">${day}</time> at the pace of the last ${days} days`;
}

/** The image's page on its registry. */
function pageOf({ registries }: PageContext, { registry, repo }: ImageName): string | undefined {
  const template = registries.find(({ id }) => id === registry)?.page;
  if (template === undefined) return undefined;
  const [owner = '', ...segments] = readable(repo).split('/').map(encodeURIComponent);
  return template.replace('{owner}', owner).replace('{name}', segments.join('/')).replace('{package}', segments.join('%2F'));
}
