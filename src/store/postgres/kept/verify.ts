/** Compares what is kept with what the totals come to. */
import { isDeepStrictEqual } from 'node:util';
import sql from 'sql-template-tag';
import type { DaySum, ImageSeries } from '../../../core/model/history.ts';
import { fromEpochDay } from '../../../core/model/day.ts';
import { addDaySums, negated } from '../../../core/numbers/day-sums.ts';
import type { Database, Queries } from '../database.ts';
import { allSeries, sumsOf, valuesOf } from './rebuild.ts';
import { readLatestSince, readSumsSince, toDaySums, type KeptImage } from './read.ts';
import type { KeptValues } from './values.ts';

/** Resolves to what differs, a sentence each; saves go on meanwhile, and are not seen. */
export function verifyKept(database: Database): Promise<readonly string[]> {
  return database.transaction(async (transaction) => {
    await transaction.query(sql`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY`);
    const kept = new Map<number, KeptImage>();
    for await (const images of readLatestSince(transaction, -1)) for (const image of images) kept.set(image.id, image);
    const differences: string[] = [];
    let sums: readonly DaySum[] = [];
    for await (const parts of allSeries(transaction)) {
      const values = valuesOf(parts);
      for (const [id, { series }] of parts) {
        const image = kept.get(id);
        kept.delete(id);
        if (!image || !isNewest(image, series) || !isSame(image, values.get(id)))
          differences.push(`${series.repo} (${series.registry}): the kept values are not those of its totals`);
      }
      sums = addDaySums([...sums, ...sumsOf(parts)]);
    }
    for (const { image } of kept.values()) differences.push(`${image.repo} (${image.registry}): has kept values and no totals`);
    return [...differences, ...(await compareSums(transaction, sums))];
  });
}

function isNewest({ image }: KeptImage, { days, totals, marks }: ImageSeries): boolean {
  const at = days.length - 1;
  return image.day === fromEpochDay(days[at] ?? 0) && image.pullCount === totals[at] && image.mark === marks.at(at);
}

function isSame({ image }: KeptImage, values: KeptValues | undefined): boolean {
  const { historySince, firstSeen, backfilledDays, importedDays, recent } = image;
  return isDeepStrictEqual({ historySince, firstSeen, backfilledDays, importedDays, recent }, values);
}

async function compareSums(transaction: Queries, sums: readonly DaySum[]): Promise<readonly string[]> {
  const kept = toDaySums(await readSumsSince(transaction, -1));
  return addDaySums([...sums, ...kept.map(negated)]).map(
    ({ registry, day, pulls, total }) =>
      `sums of ${registry} on ${fromEpochDay(day)}: the totals have ${pulls} pulls and a total of ${total} more than is kept`,
  );
}
