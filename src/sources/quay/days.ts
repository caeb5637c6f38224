/** The days that Quay.io publishes of a repository. */
import { addDays, type Day } from '../../core/model/day.ts';
import { AppError } from '../../core/model/errors.ts';
import type { DailyPulls } from '../../core/model/reading.ts';
import type { Repository } from './schema.ts';

/**
 * The days before this one, newest first, each once and without holes. Days without an action are appended to the others by the
 * server, so that the list is not sorted (quay's source, `repositoryactioncount`). A day is counted some hours after its end: a 0
 * for yesterday is not believed yet.
 * @throws AppError invalid_response when no day is left
 */
export function believedDays(stats: Repository['stats'], today: Day): readonly [DailyPulls, ...DailyPulls[]] {
  const counts = new Map<Day, number>();
  // A day that stands twice is once a real one and once a 0 that fills its place.
  for (const { date, count } of stats) if (date < today) counts.set(date, Math.max(count, counts.get(date) ?? 0));
  const yesterday = addDays(today, -1);
  if (counts.get(yesterday) === 0) counts.delete(yesterday);
  const [newest, ...older] = [...counts].toSorted(([a], [b]) => (a < b ? 1 : -1));
  if (!newest) throw new AppError('invalid_response', 'Quay.io publishes no days for it');
  const days: [DailyPulls, ...DailyPulls[]] = [{ day: newest[0], pulls: newest[1] }];
  for (const [day, pulls] of older) {
    // What lies before a hole cannot be summed with what comes after it.
    if (day !== addDays(days.at(-1)?.day ?? '', -1)) break;
    days.push({ day, pulls });
  }
  return days;
}
