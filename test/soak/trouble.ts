/** What goes wrong, and when: registries until the evening, the disk at any hour, the clock by day. */
import { createSeededRandom } from '../../src/demo/simulator/seeded-random.ts';
import type { ServerName } from '../../src/demo/simulator/index.ts';
import { pageChanges, type Fault, type FaultRule } from '../../src/demo/simulator/faults.ts';
import type { Orders } from './service.ts';

export interface Trouble {
  /** The faults of the registries for the cycle that begins now; none from eight in the evening on, so that it is known what the day has to end with. */
  registries(now: number): readonly FaultRule[];
  /** What the disk does from now on. */
  disk(now: number): Orders['disk'];
  /** By how many milliseconds the clock is set forward, or back; never over the evening. */
  jumpMs(now: number): number;
  /** How many cycles each has met so far. */
  counts(): Readonly<Record<'registries' | 'disk' | 'clock', number>>;
}

const hourMs = 3_600_000;
const quietFromHour = 20;

const faults: readonly Fault[] = [
  { kind: 'status', status: 429, headers: { 'retry-after': '2' }, body: '' },
  { kind: 'status', status: 429, headers: { 'retry-after': '1800' }, body: '' },
  { kind: 'status', status: 500, body: 'oops' },
  { kind: 'status', status: 404, body: '{}' },
  { kind: 'cut' },
  { kind: 'oversize', bytes: 5 * 1024 * 1024 },
  { kind: 'redirect', location: 'http://169.254.169.254/' },
  { kind: 'markup', transform: pageChanges.profilePage },
  { kind: 'json', transform: () => ({ results: 'none' }) },
];
const servers: readonly ServerName[] = ['dockerhub', 'github', 'ghcr', 'ecr'];

const diskFaults: readonly Orders['disk'][] = [
  { step: 'create', code: 'EROFS' },
  { step: 'write', code: 'ENOSPC' },
  { step: 'rename', code: 'ENOSPC' },
  { step: 'sync', code: 'EIO' },
];

/** `names`: of the images, for faults that only some of them meet. */
export function createTrouble(names: readonly string[]): Trouble {
  // Each has a course of its own: how long a cycle took decides nothing of what the disk and the clock do.
  const [random, ofDisk, ofClock] = [createSeededRandom(11), createSeededRandom(12), createSeededRandom(13)];
  let disk: Orders['disk'];
  let diskUntil = 0;
  const counts = { registries: 0, disk: 0, clock: 0 };

  function pick<T>(from: readonly T[], by = random): T | undefined {
    return from[Math.floor(by() * from.length)];
  }

  return {
    registries(now) {
      if (new Date(now).getUTCHours() >= quietFromHour || random() < 0.4) return [];
      counts.registries += 1;
      return servers.flatMap((server) => {
        const fault = random() < 0.03 ? ({ kind: 'hang' } as const) : random() < 0.5 ? pick(faults) : undefined;
        const match = random() < 0.5 ? '' : (pick(names) ?? '');
        return fault ? [{ server, match, times: 1 + Math.floor(random() * 6), fault }] : [];
      });
    },
    disk(now) {
      if (now >= diskUntil) disk = undefined;
      if (disk === undefined && ofDisk() < 0.01) {
        disk = pick(diskFaults, ofDisk);
        diskUntil = now + (1 + Math.floor(ofDisk() * 8)) * hourMs;
      }
      counts.disk += disk ? 1 : 0;
      return disk;
    },
    jumpMs(now) {
      const hour = new Date(now).getUTCHours();
      if (hour < 1 || hour > 15) return 0;
      const chance = ofClock();
      if (chance >= 0.05) return 0;
      counts.clock += 1;
      return chance < 0.002 ? 50 * hourMs : chance < 0.02 ? 3 * hourMs : -hourMs / 2;
    },
    counts: () => counts,
  };
}
