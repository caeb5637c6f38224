/** What the store asks of the machine beside its files. */
import { randomUUID } from 'node:crypto';
import { codeOf } from './storage-error.ts';

export interface Host {
  /** Whether a process with this id runs, also one of another user. */
  isAlive(pid: number): boolean;
  /** A text that no other process makes. */
  uniqueId(): string;
  /** Runs something that never rejects every so many milliseconds, without keeping the process alive for it; gives what stops it. */
  every(periodMs: number, run: () => Promise<void>): () => void;
  /** User and group of this process as `chown` takes them; undefined where the system has none. */
  readonly owner: string | undefined;
}

export const nodeHost: Host = {
  isAlive(pid) {
    try {
      process.kill(pid, 0);
      return true;
    } catch (error) {
      return codeOf(error) === 'EPERM';
    }
  },
  uniqueId: randomUUID,
  every(periodMs, run) {
    const timer = setInterval(() => void run(), periodMs).unref();
    return () => clearInterval(timer);
  },
  owner: process.getuid && process.getgid ? `${process.getuid()}:${process.getgid()}` : undefined,
};
