/** Whether the process that holds a lock still runs: a pure judgment from what can be seen here. */

export interface Holder {
  readonly pid: number;
  readonly hostname: string;
  /** ISO 8601 moment. */
  readonly startedAt: string;
  /** Distinguishes locks that are equal otherwise. */
  readonly token: string;
  /** Where the process id means something, see Host; versions before 2026-11 did not write it. */
  readonly scope?: string | undefined;
}

/** A lock file at some moment. */
export interface Sighting {
  readonly text: string;
  /** When its holder last touched it, in milliseconds since the epoch. */
  readonly modifiedAt: number;
}

export interface Judge {
  readonly pid: number;
  readonly hostname: string;
  readonly scope: string;
  readonly now: number;
  readonly isAlive: (pid: number) => boolean;
  /** How the same lock was found first, and how long ago. */
  readonly first: Sighting;
  readonly watchedMs: number;
}

export type Verdict = 'alive' | 'dead' | 'unclear';

/** How often a holder touches its lock. */
export const heartbeatMs = 30_000;
/** Three heartbeats missed. */
const staleMs = 3 * heartbeatMs;
/** A lock is unreadable only for the moment between its creation and its content. */
const unwrittenMs = 5_000;

export function formatHolder(holder: Holder): string {
  return `${JSON.stringify(holder)}\n`;
}

/** The holder that a lock names; undefined when the content is invalid. */
export function parseHolder(text: string): Holder | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof json !== 'object' || json === null) return undefined;
  if (!('pid' in json && 'hostname' in json && 'startedAt' in json && 'token' in json)) return undefined;
  const { pid, hostname, startedAt, token } = json;
  // 0 and negative ids name groups of processes, not one.
  if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid <= 0) return undefined;
  if (typeof hostname !== 'string' || typeof startedAt !== 'string' || typeof token !== 'string') return undefined;
  const scope = 'scope' in json && typeof json.scope === 'string' ? json.scope : undefined;
  return { pid, hostname, startedAt, token, ...(scope === undefined ? {} : { scope }) };
}

/** Judges the holder of a lock; `unclear` asks to look again a little later. */
export function judge(seen: Sighting, { pid, hostname, scope, now, isAlive, first, watchedMs }: Judge): Verdict {
  const holder = parseHolder(seen.text);
  // Watching counts too: a clock that was set back makes a dead lock look young for as long as it was set back.
  const quietMs = Math.max(now - seen.modifiedAt, watchedMs);
  if (!holder) return quietMs > unwrittenMs ? 'dead' : 'unclear';
  // A heartbeat was seen: whatever its name and process id, somebody is there.
  if (seen.modifiedAt !== first.modifiedAt) return 'alive';
  // After a restart of the machine the id may belong to another program, which touches no lock.
  if (quietMs > staleMs) return 'dead';
  // Two containers may have the same host name and process id (network_mode: host, a fixed hostname): only time tells them apart.
  if (holder.hostname !== hostname || holder.scope !== scope) return 'unclear';
  // A container that was restarted keeps its host name, and its program has the same id again.
  return holder.pid === pid || !isAlive(holder.pid) ? 'dead' : 'alive';
}
