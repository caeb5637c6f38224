/** What the store needs of the machine besides its files. */
import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { errorCode } from './storage-error.ts';

export interface Host {
  /** Whether a process with this id runs, of any user. */
  isAlive(pid: number): boolean;
  /** Names the set of processes that `isAlive` sees. Process ids of another scope say nothing here, whatever the name of their host. */
  processScope(): string;
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
  processScope: () => (process.platform === 'linux' ? linuxProcessScope() : process.platform),
  uniqueId: randomUUID,
  every(periodMs, run) {
    const timer = setInterval(() => void run(), periodMs).unref();
    return () => clearInterval(timer);
  },
  owner: process.getuid && process.getgid ? `${process.getuid()}:${process.getgid()}` : undefined,
};

/** The start of the machine and the namespace of process ids: each container has its own, also with the same host name and id. */
function linuxProcessScope(): string {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    // Where the system does not say it, no other process is known to share it.
    return randomUUID();
  }
}
