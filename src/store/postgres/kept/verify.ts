/** Compares what is kept with what the totals come to. */
import { isDeepStrictEqual } from 'node:util';
import sql from 'sql-template-tag';
import { parseNote } from '../../../core/document/snapshot-row.ts';
import { fromEpochDay } from '../../../core/model/day.ts';
import type { DaySum, LatestImage } from '../../../core/model/history.ts';
import { addDaySums, negated } from '../../../core/numbers/day-sums.ts';
import type { Database, Queries } from '../database.ts';
import { readAll } from './rebuild.ts';
import { readLatestSince, readSumsSince, toDaySums } from './read.ts';
import type { ImageChange } from './values.ts';

/** Resolves to what differs, a sentence each; saves go on meanwhile, and are not seen. */
export function verifyKept(database: Database): Promise<readonly string[]> {
  return database.transaction(async (transaction) => {
    await transaction.query(sql`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY`);
    const kept = new Map<number, LatestImage>();
    for await (const images of readLatestSince(transaction, -1)) for (const { id, image } of images) kept.set(id, image);
    const differences: string[] = [];
    let sums: readonly DaySum[] = [];
    for await (const whole of readAll(transaction)) {
      for (const image of whole.images) {
        if (!isSame(kept.get(image.id), image))
          differences.push(`${whole.names.get(image.id)}: the kept values are not those of its totals`);
        kept.delete(image.id);
      }
      sums = addDaySums([...sums, ...whole.sums]);
    }
    for (const { repo, registry } of kept.values()) differences.push(`${repo} (${registry}): has kept values and no totals`);
    return [...differences, ...(await compareSums(transaction, sums))];
  });
}

function isSame(kept: LatestImage | undefined, { values, recent }: ImageChange): boolean {
  if (!kept) return false;
  const { registry: _registry, repo: _repo, ...own } = kept;
  const { newest, details, historySince, firstSeen, ...counts } = values;
  const { note, day, pullCount, mark } = newest;
  return isDeepStrictEqual(own, {
    ...details,
    ...counts,
    pullCount,
    mark,
    discrepancy: note && parseNote(note).discrepancy,
    day: fromEpochDay(day),
    historySince: fromEpochDay(historySince),
    firstSeen: firstSeen === undefined ? undefined : fromEpochDay(firstSeen),
    recent: { days: recent.days, pulls: recent.pulls },
  });
}

async function compareSums(transaction: Queries, sums: readonly DaySum[]): Promise<readonly string[]> {
  const kept = toDaySums(await readSumsSince(transaction, -1));
  return addDaySums([...sums, ...kept.map(negated)]).map(
    ({ registry, day, pulls, total }) =>
      `sums of ${registry} on ${fromEpochDay(day)}: the totals have ${pulls} pulls and a total of ${total} more than is kept`,
  );
}
