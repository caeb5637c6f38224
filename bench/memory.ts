/** A memory limit of the kernel, where this machine lets us make one: cgroup v2, or v1. */
import { access, mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface MemoryLimit {
  /** Shell words that move the shell into the limit before it becomes the program. */
  readonly shellPrefix: string;
  /** The most bytes that were in use, caches of files included. */
  peakBytes(): Promise<number>;
  remove(): Promise<void>;
}

interface Layout {
  readonly root: string;
  readonly limit: string;
  readonly peak: string;
}

const layouts: readonly Layout[] = [
  { root: '/sys/fs/cgroup/memory', limit: 'memory.limit_in_bytes', peak: 'memory.max_usage_in_bytes' },
  { root: '/sys/fs/cgroup', limit: 'memory.max', peak: 'memory.peak' },
];

/** Undefined where no limit can be made. */
export async function createMemoryLimit(bytes: number): Promise<MemoryLimit | undefined> {
  for (const { root, limit, peak } of layouts) {
    const group = join(root, `registry-stats-bench-${process.pid}-${bytes}`);
    try {
      await mkdir(group);
      await access(join(group, limit));
      await writeFile(join(group, limit), String(bytes));
    } catch {
      await rmdir(group).catch(() => undefined);
      continue;
    }
    return {
      shellPrefix: `echo $$ > ${join(group, 'cgroup.procs')}`,
      peakBytes: async () => Number(await readFile(join(group, peak), 'utf8').catch(() => '0')),
      remove: () => rmdir(group).catch(() => undefined),
    };
  }
  return undefined;
}

/** Makes the kernel forget what it read from disks; false where it does not let us. */
export async function dropPageCache(): Promise<boolean> {
  return writeFile('/proc/sys/vm/drop_caches', '3').then(
    () => true,
    () => false,
  );
}

export interface ProcessFigures {
  /** The most memory of its own that it held. */
  readonly peakRssBytes: number;
  readonly rssBytes: number;
  /** Of all its threads, in the program and in the kernel. */
  readonly cpuMs: number;
  /** Pages that had to come from a disk. */
  readonly majorFaults: number;
}

/** What the kernel counted of a process; zeros where there is no /proc. */
export async function processFigures(pid: number): Promise<ProcessFigures> {
  const [status, stat] = await Promise.all(['status', 'stat'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')));
  const kib = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status ?? '')?.[1] ?? 0);
  const fields = (stat ?? '').slice((stat ?? '').lastIndexOf(')') + 2).split(' ');
  return {
    peakRssBytes: kib('VmHWM') * 1024,
    rssBytes: kib('VmRSS') * 1024,
    // A tick is a hundredth of a second on every Linux that Node runs on.
    cpuMs: (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * 10,
    majorFaults: Number(fields[9] ?? 0),
  };
}
