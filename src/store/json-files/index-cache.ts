/** A cache of the index on disk, next to the files it was built from. The files stay the source of truth. */
import { createHash } from 'node:crypto';
import { endianness } from 'node:os';
import { join } from 'node:path';
import type { Day } from '../../core/model/day.ts';
import { errorFields } from '../../core/model/errors.ts';
import { marks } from '../../core/model/mark.ts';
import type { Clock, Logger } from '../../core/ports.ts';
import { replaceFile } from './durable-file.ts';
import type { FileStamp, FileSystem } from './file-system.ts';
import type { Host } from './host.ts';
import type { IndexState } from './index.ts';
import { errorCode, storageError } from './storage-error.ts';

export interface IndexCacheDeps {
  readonly directory: string;
  readonly files: FileSystem;
  readonly host: Host;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What the index was built from, and its content. */
export interface CachedIndex {
  /** By day: how its file looked when it was read. */
  readonly stamps: ReadonlyMap<Day, string>;
  readonly state: IndexState;
}

export interface IndexCache {
  /** Undefined when there is none, or it is invalid. Never rejects. */
  read(): Promise<CachedIndex | undefined>;
  /** Never rejects: without a cache the next start only takes longer. */
  write(stamps: ReadonlyMap<Day, FileStamp>, state: IndexState): Promise<void>;
}

/** A dot file: neither this program nor the Go tool reads it as a day. */
export const indexCacheName = '.index.json';
/** The number is raised whenever this format changes, or what is made of a day's file. The rest says what the columns mean. */
const format = `4 ${endianness()} ${marks.join(' ')}`;
/** A hundred years of a thousand images. */
const maxBytes = 1024 * 1024 * 1024;
/** A file that is changed again within the granularity of its time could look unchanged, so one must be older than that. */
const settledMs = 2_000;

interface Payload {
  readonly format: string;
  readonly stamps: readonly (readonly [Day, string])[];
  readonly state: IndexState;
}

export function createIndexCache({ directory, files, host, clock, log }: IndexCacheDeps): IndexCache {
  const path = join(directory, indexCacheName);
  return {
    async read() {
      try {
        const text = new TextDecoder().decode(await files.read(path, maxBytes));
        const end = text.indexOf('\n');
        const json = text.slice(end + 1);
        if (end === -1 || text.slice(0, end) !== checksum(json)) throw new Error('wrong checksum');
        const payload: Payload = JSON.parse(json);
        if (payload.format !== format) throw new Error(`other format: ${payload.format}`);
        return { ...payload, stamps: new Map(payload.stamps) };
      } catch (error) {
        if (errorCode(error) !== 'ENOENT') log.debug('ignoring index cache', { file: path, reason: String(error) });
        return undefined;
      }
    },
    async write(stamps, state) {
      const now = clock.now();
      const settled = [...stamps].filter(([, { modifiedAt }]) => now - modifiedAt >= settledMs);
      const payload: Payload = { format, stamps: settled.map(([day, { text }]) => [day, text]), state };
      const json = JSON.stringify(payload);
      try {
        await replaceFile(files, { directory, name: indexCacheName, content: `${checksum(json)}\n${json}`, id: host.uniqueId() });
      } catch (error) {
        log.warn('cannot write index cache', errorFields(storageError(error, indexCacheName, { directory, owner: host.owner })));
      }
    },
  };
}

function checksum(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}
