/** How many readings a second PostgreSQL stores, as a collector with nothing to wait for sends them. */
import { addDays, type Day } from '../src/core/model/day.ts';
import type { Reading } from '../src/core/model/reading.ts';
import { openPostgresStore, type PostgresStore } from '../src/store/postgres/store.ts';
import { readMigrations } from '../test/support/postgres.ts';
import { createRecordingLog } from '../test/support/recording-log.ts';

/** Readings a second. */
export interface SaveFigures {
  /** Of images that are not known yet. */
  readonly first: number;
  /** The first ones of a day. */
  readonly newDay: number;
  /** Later ones of the same day, as most are. */
  readonly repeated: number;
}

/** As many as a collector has in memory at most. */
const batch = 10_000;
const repeats = 5;

/** Half of the images are on GHCR, half on Docker Hub, of a hundred owners. */
export function readingsOf(day: Day, hour: number, from: number, to: number): readonly Reading[] {
  return Array.from({ length: to - from }, (_, at) => {
    const id = from + at + 1;
    const name = { registry: id % 2 === 0 ? 'dockerhub' : 'ghcr', repo: `owner-${id % 100}/app-${id}` };
    const readAt = `${day}T${String(hour).padStart(2, '0')}:00:00.000Z`;
    return { ...name, pullCount: 10_000_000 + id * 3 + hour, readAt, tagCount: 3, lastUpdated: '2026-01-01T00:00:00Z' };
  });
}

async function perSecond(store: PostgresStore, images: number, day: Day, hour: number): Promise<number> {
  let ms = 0;
  for (let at = 0; at < images; at += batch) {
    const readings = readingsOf(day, hour, at, Math.min(images, at + batch));
    const begun = performance.now();
    await store.save(readings);
    ms += performance.now() - begun;
  }
  return (images * 1000) / ms;
}

/** `filled`: a store with a history of these images up to `today`; `emptyUrl`: of a database without tables. */
export async function measureSaves(filled: PostgresStore, emptyUrl: string, images: number, today: Day): Promise<SaveFigures> {
  const empty = await openPostgresStore({ url: emptyUrl, migrations: await readMigrations(), clock: Date, log: createRecordingLog() });
  const first = await perSecond(empty, images, today, 1);
  await empty.close();
  const tomorrow = addDays(today, 1);
  const newDay = await perSecond(filled, images, tomorrow, 1);
  const repeated: number[] = [];
  for (let time = 0; time < repeats; time += 1) repeated.push(await perSecond(filled, images, tomorrow, 2 + time));
  return { first, newDay, repeated: repeated.toSorted((a, b) => a - b)[Math.floor(repeats / 2)] ?? 0 };
}
