/** What the store needs of the machine besides its files. */
import { randomUUID } from 'node:crypto';
import { errorCode } from './storage-error.ts';

export interface Host {
  /** Whether a process with this id runs, of any user. */
  isAlive(pid: number): boolean;
  /** A text that is unique among all processes. */
  uniqueId(): string;
  /** Runs a function that never rejects every `periodMs`, without keeping the process alive; returns a function that stops it. */
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
      return errorCode(error) === 'EPERM';
    }
  },
  uniqueId: randomUUID,
  every(periodMs, run) {
    const timer = setInterval(() => void run(), periodMs).unref();
    return () => clearInterval(timer);
  },
  owner: process.getuid && process.getgid ? `${process.getuid()}:${process.getgid()}` : undefined,
};
