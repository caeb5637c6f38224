/** Reads a package's page on github.com: the exact total and what stands beside it. */
import { addDays, isDay } from '../../core/model/day.ts';
import { AppError } from '../../core/model/errors.ts';
import { isPullCount, type DailyPulls } from '../../core/model/reading.ts';
import { attribute, detached, elementsIn, headingAfter, labeled, parsePage, type Page, type PageElement } from './page.ts';
import { parseVersions, type PackageVersion } from './parse-versions.ts';

export interface PackagePage {
  /** The page's "Total downloads", exact. */
  readonly pullCount: number;
  /** ISO 8601 UTC moment of the newest push. */
  readonly lastPublished?: string | undefined;
  /** The versions of the page's list: at most the five newest that have a tag. */
  readonly versions: readonly PackageVersion[];
  /** Newest first, every day there once; the first is unfinished. */
  readonly recentDays?: readonly DailyPulls[] | undefined;
}

const totalLabel = 'Total downloads';
const publishedLabel = 'Last published';
const barsLabel = 'Downloads for the last 30 days';

// No sign, fraction, exponent or needless zero, and not longer than a safe integer can be.
const exactCount = /^(?:0|[1-9]\d{0,15})$/;
const offsetMoment = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

/**
 * Anchors on the texts of labels, never on classes: these change within one page (`mb-1` and `tmp-mb-1`, seen 2026-05-10).
 * @throws AppError invalid_response when the total is not there beyond doubt; everything else may be absent
 */
export function parsePackagePage(html: string): PackagePage {
  const page = parsePage(html);
  return detached({
    pullCount: totalOf(page),
    lastPublished: lastPublishedOf(page),
    versions: parseVersions(page),
    recentDays: recentDaysOf(page),
  });
}

/** The heading's text is rounded ("14.4K"), its title is exact. The neighbor "Issues" has the same shape (seen 2026-05-10). */
function totalOf(page: Page): number {
  const labels = labeled(page, page.elements, totalLabel);
  const [label] = labels;
  if (!label) throw drift(`has no "${totalLabel}" label`);
  if (labels.length > 1) throw drift(`has ${labels.length} "${totalLabel}" labels`);
  const heading = headingAfter(label);
  if (!heading) throw drift(`has no heading right after the "${totalLabel}" label`);
  const total = countIn(attribute(heading, 'title'));
  if (total === undefined) throw drift(`has no whole number in the title of the "${totalLabel}" heading`);
  return total;
}

function drift(what: string): AppError {
  return new AppError('invalid_response', `the package page ${what}: GitHub may have changed it`);
}

/** GitHub writes Pacific time with its offset (seen 2026-05-10). */
function lastPublishedOf(page: Page): string | undefined {
  const labels = labeled(page, page.elements, publishedLabel);
  const [label] = labels;
  if (!label || labels.length > 1) return undefined;
  const heading = headingAfter(label);
  const written = (heading && attribute(heading, 'title')) ?? '';
  const day = offsetMoment.exec(written)?.[1];
  if (day === undefined || !isDay(day)) return undefined;
  const epochMs = Date.parse(written);
  return Number.isNaN(epochMs) ? undefined : new Date(epochMs).toISOString();
}

/**
 * The bars of the last 30 days. All or none: a day that is missing, double or out of order would shift what is
 * reconstructed from them.
 */
function recentDaysOf(page: Page): DailyPulls[] | undefined {
  const charts = page.elements.filter((element) => attribute(element, 'aria-label')?.trim() === barsLabel);
  const [chart] = charts;
  if (!chart || charts.length > 1) return undefined;
  const days: DailyPulls[] = [];
  for (const bar of elementsIn(chart)) {
    if (!isBar(bar)) continue;
    const day = attribute(bar, 'data-date');
    const pulls = countIn(attribute(bar, 'data-merge-count'));
    const later = days.at(-1)?.day;
    if (day === undefined || pulls === undefined || !isDay(day)) return undefined;
    if (later !== undefined && day !== addDays(later, -1)) return undefined;
    days.push({ day, pulls });
  }
  return days.length > 0 ? days : undefined;
}

function isBar(element: PageElement): boolean {
  return element.tagName === 'RECT' && element.attributes.some(({ name }) => name === 'data-date' || name === 'data-merge-count');
}

function countIn(text: string | undefined): number | undefined {
  if (text === undefined || !exactCount.test(text)) return undefined;
  const count = Number(text);
  return isPullCount(count) ? count : undefined;
}
