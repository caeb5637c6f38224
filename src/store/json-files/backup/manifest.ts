/** The contents of a backup, listed in its last file. */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { isDay } from '../../../core/model/day.ts';
import { maxFileBytes } from '../whole-limit.ts';
import { historyFolderName } from '../kept-totals.ts';
import { maxYearBytes } from '../year-file.ts';
import { maxOutboxBytes, outboxName } from '../outbox.ts';

export const manifestName = 'manifest.json';

const file = z.object({ name: z.string(), bytes: z.int().min(0), sha256: z.string().regex(/^[0-9a-f]{64}$/) });
const manifest = z.object({ format: z.literal(1), version: z.string(), created: z.string(), files: z.array(file) });

export type ArchivedFile = z.infer<typeof file>;
export type Manifest = z.infer<typeof manifest>;

/** Whether a file belongs in a backup: a day's snapshot, the kept totals of a year, what waits to be sent, or one of them that was set aside. */
export function isArchived(name: string): boolean {
  if (/^history\/\d{4}\.json(\.[\w.-]+)?$/.test(name)) return true;
  if (/^notifications\.json(\.[\w.-]+)?$/.test(name)) return true;
  const [, day = ''] = /^(\d{4}-\d{2}-\d{2})\.json(\.[\w.-]+)?$/.exec(name) ?? [];
  return isDay(day);
}

/** The largest that is read of a file of this name. */
export function maxBytesOf(name: string): number {
  if (name.startsWith(outboxName)) return maxOutboxBytes;
  return name.startsWith(`${historyFolderName}/`) ? maxYearBytes : maxFileBytes;
}

export function archivedFile(name: string, content: Uint8Array): ArchivedFile {
  return { name, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
}

/** Undefined when it has another format. */
export function parseManifest(content: Uint8Array): Manifest | undefined {
  try {
    return manifest.safeParse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content))).data;
  } catch {
    return undefined;
  }
}
