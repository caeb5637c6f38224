/** The outbox of a folder: `notifications.json`. Neither this program nor the Go tool takes it for a day. */
import { join } from 'node:path';
import * as z from 'zod';
import { AppError, errorFields, toAppError } from '../../core/model/errors.ts';
import type { Clock, Logger, Outbox } from '../../core/ports.ts';
import { memorySchema, noticeSchema } from '../notice-schema.ts';
import { createOutbox, emptyOutbox, type OutboxState } from '../outbox-state.ts';
import { replaceFile, syncFolder } from './durable-file.ts';
import type { FileSystem } from './file-system.ts';
import type { Host } from './host.ts';
import type { Lock } from './lock.ts';
import { errorCode, storageError } from './storage-error.ts';

export const outboxName = 'notifications.json';
export const maxOutboxBytes = 64 * 1024 * 1024;

export interface FileOutboxDeps {
  readonly directory: string;
  readonly files: FileSystem;
  readonly host: Host;
  readonly clock: Clock;
  readonly log: Logger;
  readonly lock: Lock;
}

/**
 * Methods throw AppError conflict while another process has the folder. While the disk takes nothing, changes are kept in the process and
 * written with the next one: that nothing can be stored is worth a message.
 */
export function createFileOutbox({ directory, files, host, clock, log, lock }: FileOutboxDeps): Outbox {
  const place = { directory, owner: host.owner };
  let isSaved = true;

  async function setAside(why: unknown): Promise<OutboxState> {
    const name = `${outboxName}.corrupt-${new Date(clock.now()).toISOString().replaceAll(/[-:.]/g, '')}`;
    log.warn('what waits to be sent cannot be read; set aside', { file: join(directory, name), ...errorFields(toAppError(why)) });
    await files.rename(join(directory, outboxName), join(directory, name));
    return emptyOutbox;
  }

  return createOutbox({
    now: () => clock.now(),
    async load() {
      let text: string;
      try {
        text = new TextDecoder().decode(await files.read(join(directory, outboxName), maxOutboxBytes));
      } catch (error) {
        if (errorCode(error) === 'ENOENT') return emptyOutbox;
        throw storageError(error, `cannot read ${outboxName}`, place);
      }
      try {
        return fileSchema.parse(JSON.parse(text)).outbox;
      } catch (error) {
        return setAside(error);
      }
    },
    async save(outbox) {
      try {
        await lock.assertHeld();
        const content = `${JSON.stringify({ format: 1, outbox }, null, 1)}\n`;
        await replaceFile(files, { directory, name: outboxName, content, id: host.uniqueId() });
        await syncFolder(files, directory);
        if (!isSaved) log.info('what waits to be sent is stored again');
        isSaved = true;
      } catch (error) {
        if (error instanceof AppError && error.code === 'conflict') throw error;
        if (isSaved) log.error('what waits to be sent cannot be stored', errorFields(storageError(error, outboxName, place)));
        isSaved = false;
      }
    },
  });
}

const fileSchema = z.object({
  format: z.literal(1),
  outbox: z.object({
    memory: z.optional(memorySchema),
    waiting: z.array(
      z.object({
        channel: z.string(),
        notice: noticeSchema,
        attempts: z.number(),
        addedAt: z.number(),
        dueAt: z.number(),
        triedAt: z.optional(z.number()),
      }),
    ),
    channels: z.record(
      z.string(),
      z.object({
        delivered: z.number(),
        givenUp: z.number(),
        lastSuccess: z.optional(z.string()),
        lastErrorAt: z.optional(z.string()),
        lastError: z.optional(z.string()),
        ended: z.array(z.string()),
      }),
    ),
  }),
});
