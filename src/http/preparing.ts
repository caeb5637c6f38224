/** Waits for what takes long, for a limited time. */
import { AppError } from '../core/model/errors.ts';
import type { Preparation } from './endpoint.ts';
import { retryAfterMs, type Timer } from './gate.ts';

/** Resolves to why it is not there; undefined when it is. */
export function waitFor({ done, reason }: Preparation, maxMs: number, timer: Timer): Promise<Error | undefined> {
  return new Promise((resolve) => {
    const stop = timer(maxMs, () => resolve(new AppError('unreachable', reason(), { retryAfterMs })));
    const end = (failure?: Error): void => {
      stop();
      resolve(failure);
    };
    done.then(
      () => end(),
      (error: unknown) => end(error instanceof Error ? error : new Error(String(error))),
    );
  });
}
