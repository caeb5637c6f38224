/**
 * What the API must answer, worked out a second time, slowly and plainly, from what was read. It shares no code with the product:
 * where both agree, the rule was understood twice.
 */

/** One attempt to read the total of an image. */
export interface Observation {
  /** ISO 8601 moment in UTC. */
  readonly at: string;
  readonly registry: string;
  /** The name as it was stored, in any letter case. */
  readonly repo: string;
  /** Absent when it could not be read. */
  readonly total?: number | undefined;
  readonly backfilled?: boolean | undefined;
  /** The registry's own count of the day, where the total fell although there were pulls. */
  readonly ownPulls?: number | undefined;
  /** Stored by the older Go tool, which writes 0 for a GHCR package that it could not read. */
  readonly goTool?: boolean | undefined;
}

/** Days as `YYYY-MM-DD`, inclusive; what is absent does not restrict. */
export interface Question {
  readonly registries?: readonly string[] | undefined;
  readonly repos?: readonly string[] | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly split?: boolean | undefined;
}

export type Row = Readonly<Record<string, string | number>>;

interface Image {
  readonly registry: string;
  readonly repo: string;
  /** Total by day. */
  readonly totals: ReadonlyMap<string, number>;
  /** The registry's own count by day, where the totals do not tell it. */
  readonly ownPulls: ReadonlyMap<string, number>;
}

interface Point {
  readonly day: string;
  readonly repo: string;
  readonly registry: string;
  readonly value: number;
}

export function expectedPulls(history: readonly Observation[], question: Question = {}): Row[] {
  const images = imagesOf(history).filter((image) => isAsked(image, question));
  const points: Point[] = [];
  for (const day of calendarOf(history)) {
    for (const image of images) {
      const seenToday = (other: Image): boolean => other.repo === image.repo && other.totals.has(day);
      const value = question.split ? image.totals.get(day) : lastKnown(image, day);
      if (value !== undefined && images.some(seenToday)) points.push({ ...image, day, value });
    }
  }
  return rowsOf(within(points, question), 'pull_count', question);
}

export function expectedDaily(history: readonly Observation[], question: Question = {}): Row[] {
  return rowsOf(within(differences(history, question), question), 'daily_pulls', question);
}

export function expectedWeekly(history: readonly Observation[], question: Question = {}): Row[] {
  return rowsOf(wholePeriods(differences(history, question), mondayOf, question), 'weekly_pulls', question);
}

export function expectedMonthly(history: readonly Observation[], question: Question = {}): Row[] {
  return rowsOf(
    wholePeriods(differences(history, question), (day) => `${day.slice(0, 7)}-01`, question),
    'monthly_pulls',
    question,
  );
}

/** The newest totals, or those of one day; undefined when that day has no snapshot. Tags are no part of these histories. */
export function expectedSummary(history: readonly Observation[], question: Question = {}, date?: string): Row[] | undefined {
  const snapshots = daysWithSnapshot(history);
  const newest = snapshots.at(-1);
  if (newest === undefined) return date === undefined ? [] : undefined;
  if (date !== undefined && !snapshots.includes(date)) return undefined;
  const rows: Row[] = [];
  for (const image of imagesOf(history).filter((each) => isAsked(each, question))) {
    const shownSince = date ?? daysLater(newest, -7);
    const days = [...image.totals.keys()].filter((day) => day >= shownSince && day <= (date ?? newest));
    const total = image.totals.get(days.toSorted().at(-1) ?? '');
    if (total !== undefined) rows.push({ registry: image.registry, name: image.repo, pull_count: total, tag_count: 0 });
  }
  return rows.toSorted((a, b) => (`${a['registry']} ${a['name']}` < `${b['registry']} ${b['name']}` ? -1 : 1));
}

/** The pulls that are booked on each known day. */
function differences(history: readonly Observation[], question: Question): Point[] {
  const points: Point[] = [];
  for (const image of imagesOf(history).filter((each) => isAsked(each, question))) {
    let before: number | undefined;
    for (const day of calendarOf(history)) {
      const total = image.totals.get(day);
      if (total === undefined) continue;
      const own = before === undefined ? 0 : image.ownPulls.get(day);
      points.push({ ...image, day, value: own ?? (before === undefined || total < before ? 0 : total - before) });
      before = total;
    }
  }
  return points;
}

/** The image's days: of several attempts on one day the newest counts, but the exact total of a day's end replaces what was read on it. */
function imagesOf(history: readonly Observation[]): Image[] {
  const kept = new Map<string, Observation>();
  for (const seen of history) {
    if (seen.total === undefined || isFailedRead(seen)) continue;
    const key = `${seen.registry} ${foldedName(seen.repo)} ${dayOf(seen)}`;
    const before = kept.get(key);
    if (before?.backfilled && !seen.backfilled) continue;
    const isUpgrade = before && !before.backfilled && seen.backfilled;
    if (before && !isUpgrade && Date.parse(seen.at) < Date.parse(before.at)) continue;
    kept.set(key, seen);
  }
  const images = new Map<string, Image & { totals: Map<string, number>; ownPulls: Map<string, number> }>();
  for (const seen of kept.values()) {
    const repo = foldedName(seen.repo);
    const image = images.get(`${seen.registry} ${repo}`) ?? { registry: seen.registry, repo, totals: new Map(), ownPulls: new Map() };
    images.set(`${seen.registry} ${repo}`, image);
    image.totals.set(dayOf(seen), seen.total ?? Number.NaN);
    if (seen.ownPulls !== undefined) image.ownPulls.set(dayOf(seen), seen.ownPulls);
  }
  return [...images.values()];
}

function isFailedRead({ goTool, registry, total }: Observation): boolean {
  return goTool === true && registry === 'ghcr' && total === 0;
}

/** A cycle that read nothing stores nothing; the Go tool stores its zeros. */
function daysWithSnapshot(history: readonly Observation[]): string[] {
  const days = history.filter((seen) => seen.goTool === true || seen.total !== undefined).map(dayOf);
  return [...new Set(days)].toSorted();
}

function lastKnown({ totals }: Image, day: string): number | undefined {
  const days = [...totals.keys()].filter((known) => known <= day).toSorted();
  return totals.get(days.at(-1) ?? '');
}

function isAsked({ registry, repo }: Image, { registries, repos }: Question): boolean {
  return (registries?.includes(registry) ?? true) && (repos?.map(foldedName).includes(repo) ?? true);
}

function within(points: readonly Point[], { from = '', to = '9999-12-31' }: Question): Point[] {
  return points.filter(({ day }) => day >= from && day <= to);
}

/** The points dated by their period, where it shares a day with the range. */
function wholePeriods(points: readonly Point[], startOf: (day: string) => string, { from, to }: Question): Point[] {
  const dated = points.map((point) => ({ ...point, day: startOf(point.day) }));
  return dated.filter(({ day }) => (from === undefined || day >= startOf(from)) && (to === undefined || day <= startOf(to)));
}

/** Adds up what shares a day and a name, and where split also a registry. */
function rowsOf(points: readonly Point[], column: string, { split = false }: Question): Row[] {
  const sums = new Map<string, number>();
  for (const { day, repo, registry, value } of points) {
    const key = split ? `${day} ${repo} ${registry}` : `${day} ${repo}`;
    sums.set(key, (sums.get(key) ?? 0) + value);
  }
  // The space sorts before every character of a name.
  return [...sums.keys()].toSorted().map((key) => {
    const [day = '', repo = '', registry = ''] = key.split(' ');
    const name = split ? { repo, registry } : { repo };
    return { timestamp: `${day}T00:00:00Z`, ...name, [column]: sums.get(key) ?? Number.NaN };
  });
}

/** Lower case, but for the escape of a nested name's slash. */
function foldedName(repo: string): string {
  return repo.toLowerCase().replaceAll('%2f', '%2F');
}

function dayOf({ at }: Observation): string {
  return at.slice(0, 10);
}

function calendarOf(history: readonly Observation[]): string[] {
  return [...new Set(history.map(dayOf))].toSorted();
}

function mondayOf(day: string): string {
  let monday = day;
  while (new Date(`${monday}T00:00:00Z`).getUTCDay() !== 1) monday = daysLater(monday, -1);
  return monday;
}

function daysLater(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}
