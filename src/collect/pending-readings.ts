/** Readings that are not stored yet: the newest of each image and day, and no more of them than memory allows. */
import { imageKey } from '../core/model/image.ts';
import { wasRead } from '../core/model/mark.ts';
import { snapshotDay, type Reading } from '../core/model/reading.ts';

export interface PendingReadings {
  add(readings: readonly Reading[]): void;
  all(): readonly Reading[];
  /** Whether they should be stored before more is read. */
  isLarge(): boolean;
  /** Those that are stored; one that another has taken the place of stays. */
  remove(readings: readonly Reading[]): void;
}

/** Readings, their tags and the platforms of these, counted together (some 10 MB); beyond it only totals that were read are kept. */
const defaultMaxDetails = 20_000;

export function createPendingReadings(maxDetails = defaultMaxDetails): PendingReadings {
  const readings = new Map<string, Reading>();
  let details = 0;

  function put(reading: Reading): void {
    const key = readingKey(reading);
    details += sizeOf(reading) - sizeOf(readings.get(key));
    readings.set(key, reading);
  }

  return {
    add(more) {
      for (const reading of more) {
        if (details < maxDetails) put(reading);
        else if (wasRead(reading.mark)) put({ ...reading, tags: undefined });
      }
    },
    all: () => [...readings.values()],
    isLarge: () => details * 2 >= maxDetails,
    remove(stored) {
      for (const reading of stored) {
        if (readings.get(readingKey(reading)) !== reading) continue;
        readings.delete(readingKey(reading));
        details -= sizeOf(reading);
      }
    },
  };
}

function readingKey(reading: Reading): string {
  return `${imageKey(reading)} ${snapshotDay(reading)}`;
}

function sizeOf(reading: Reading | undefined): number {
  return reading ? (reading.tags ?? []).reduce((sum, { platforms = [] }) => sum + 1 + platforms.length, 1) : 0;
}
