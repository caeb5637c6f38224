/** The index on disk, beside the files that it was made from. It is only ever a short cut: the files hold the truth. */
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
import { codeOf, storageError } from './storage-error.ts';

export interface SidecarDeps {
  readonly directory: string;
  readonly files: FileSystem;
  readonly host: Host;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What the index was made from, and what came of it. */
export interface Kept {
  /** By day: how its file looked when it was read. */
  readonly stamps: ReadonlyMap<Day, string>;
  readonly state: IndexState;
}

export interface Sidecar {
  /** Undefined when there is none, or none that can be trusted. Never rejects. */
  read(): Promise<Kept | undefined>;
  /** Never rejects: without it the next start takes longer. */
  write(stamps: ReadonlyMap<Day, FileStamp>, state: IndexState): Promise<void>;
}

/** A dot file: neither we nor the Go tool take it for a day. */
export const sidecarName = '.index.json';
/** The number grows whenever this changes, or what is made of a day's file. The rest is what the columns mean. */
const format = `3 ${endianness()} ${marks.join(' ')}`;
/** A hundred years of a thousand images. */
const mostBytes = 1024 * 1024 * 1024;
/** A file that is changed again within the granularity of its time could look unchanged, so one must be older than that. */
const settledMs = 2_000;

interface Payload {
  readonly format: string;
  readonly stamps: readonly (readonly [Day, string])[];
  readonly state: IndexState;
}

export function createSidecar({ directory, files, host, clock, log }: SidecarDeps): Sidecar {
  const path = join(directory, sidecarName);
  return {
    async read() {
      try {
        const text = new TextDecoder().decode(await files.read(path, mostBytes));
        const end = text.indexOf('\n');
        const json = text.slice(end + 1);
        if (end === -1 || text.slice(0, end) !== checksum(json)) throw new Error('its checksum is wrong');
        const payload: Payload = JSON.parse(json);
        if (payload.format !== format) throw new Error(`its format is ${payload.format}`);
        return { ...payload, stamps: new Map(payload.stamps) };
      } catch (error) {
        if (codeOf(error) !== 'ENOENT') log.debug('kept index is not used', { file: path, reason: String(error) });
        return undefined;
      }
    },
    async write(stamps, state) {
      const now = clock.now();
      const settled = [...stamps].filter(([, { modifiedAt }]) => now - modifiedAt >= settledMs);
      const payload: Payload = { format, stamps: settled.map(([day, { text }]) => [day, text]), state };
      const json = JSON.stringify(payload);
      try {
        await replaceFile(files, { directory, name: sidecarName, content: `${checksum(json)}\n${json}`, id: host.uniqueId() });
      } catch (error) {
        log.warn(
          'index cannot be kept for the next start',
          errorFields(storageError(error, sidecarName, { directory, owner: host.owner })),
        );
      }
    },
  };
}

function checksum(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}
