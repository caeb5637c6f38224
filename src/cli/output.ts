/** Where a command writes its result: standard output, or a file that appears when it is whole. */
import { once } from 'node:events';
import { createWriteStream, existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { AppError, toAppError } from '../core/model/errors.ts';

type Pieces = AsyncIterable<string | Uint8Array>;

/** `path`: `-` for standard output. @throws AppError invalid_input (the file already exists), misconfigured (it cannot be written), what the pieces throw */
export async function writeTo(path: string, pieces: Pieces, stdout: NodeJS.WritableStream): Promise<void> {
  if (path === '-') return print(pieces, stdout);
  if (existsSync(path)) throw new AppError('invalid_input', `${path} already exists: remove it, or choose another name`);
  const part = `${path}.part`;
  try {
    const file = createWriteStream(part, { flush: true, mode: 0o600 });
    await Promise.all([
      finished(file),
      write(pieces, file).then(
        () => file.end(),
        (error: unknown) => file.destroy(toAppError(error)),
      ),
    ]);
    return await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error instanceof AppError
      ? error
      : new AppError('misconfigured', `cannot write ${path}: ${toAppError(error).message}`, { cause: error });
  }
}

/** Ends early when the reader closes the pipe, as `head` does. */
async function print(pieces: Pieces, stdout: NodeJS.WritableStream): Promise<void> {
  // Each write gets its own error in the callback; without a listener the event would end the process.
  stdout.on('error', () => undefined);
  for await (const piece of pieces) {
    const error = await new Promise<Error | null | undefined>((resolve) => void stdout.write(piece, resolve));
    if (!error) continue;
    if ('code' in error && error.code === 'EPIPE') return;
    throw new AppError('misconfigured', `cannot write standard output: ${error.message}`, { cause: error });
  }
}

async function write(pieces: Pieces, target: NodeJS.WritableStream): Promise<void> {
  for await (const piece of pieces) if (!target.write(piece)) await once(target, 'drain');
}
