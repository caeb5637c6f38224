/** A Docker Engine of Debian's, in a folder that debootstrap makes once: no service of this machine, and nothing is installed on it but debootstrap. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface DockerEngine {
  /** Runs `docker …` and resolves to what it prints; rejects when it fails. */
  docker(args: readonly string[], input?: Uint8Array): Promise<string>;
  /** A new folder that only the user of this id can write to, and its path for `--volume`. */
  makeFolder(name: string, uid: number): Promise<string>;
  stop(): Promise<void>;
}

/** What is made once and kept: its folder, and why it cannot be had. */
export type Prepared<Value> = { readonly value: Value } | { readonly missing: string };

export const cacheFolder = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'registry-stats-proofs');

/** The folder with the engine, from Debian's mirror of this machine's own configuration where it is not there yet; takes some minutes then. */
export async function prepareEngine(): Promise<Prepared<string>> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return { missing: 'a Docker Engine can only be started by root on Linux' };
  const root = join(cacheFolder, 'engine-trixie');
  if (await isThere(join(root, 'usr/sbin/dockerd'))) return { value: root };
  try {
    await mkdir(cacheFolder, { recursive: true });
    await run('debootstrap', ['--version']).catch(() => run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'debootstrap']));
    const half = `${root}.${process.pid}`;
    const packages = 'docker.io,docker-cli,docker-buildx,ca-certificates';
    try {
      await run('debootstrap', ['--variant=minbase', `--include=${packages}`, 'trixie', half, await debianMirror()], {
        maxBuffer: 2 ** 26,
      });
      await rename(half, root);
    } finally {
      await rm(half, { recursive: true, force: true });
    }
    return { value: root };
  } catch (error) {
    return { missing: `no Docker Engine could be made with debootstrap: ${firstLine(error)}` };
  }
}

/** As apt has it on this machine. */
async function debianMirror(): Promise<string> {
  const { stdout } = await run('apt-get', ['indextargets', '--format', '$(SITE)', 'Created-By: Packages', 'Origin: Debian']);
  const mirror = stdout.split('\n').find((site) => /\/debian\/?$/.test(site));
  if (mirror === undefined) throw new Error('apt has no mirror of Debian');
  return mirror;
}

/** Starts the engine of a prepared folder; what it writes goes into `work`. A machine may not allow that, as a container without rights. */
export async function startEngine(root: string, work: string): Promise<Prepared<DockerEngine>> {
  return openEngine(root, work).then(
    (value) => ({ value }),
    (error: unknown) => ({ missing: firstLine(error) }),
  );
}

/** Rejects with the end of its log when it does not come up. */
async function openEngine(root: string, work: string): Promise<DockerEngine> {
  const child = spawn('unshare', ['--mount', 'sh', 'proofs/containers/engine.sh', root, work], { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  const ended = once(child, 'close');

  async function docker(args: readonly string[], input?: Uint8Array): Promise<string> {
    // It has become the engine: each program replaced the one before.
    const inside = ['--target', String(child.pid), '--mount', 'env', '-i', '--chdir=/', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'HOME=/tmp'];
    const running = run('nsenter', [...inside, 'docker', ...args], { maxBuffer: 2 ** 26 });
    // It may end before it has read everything.
    running.child.stdin?.on('error', () => undefined).end(input);
    const { stdout, stderr } = await running;
    return stdout + stderr;
  }

  async function stop(): Promise<void> {
    child.kill('SIGTERM');
    await ended;
    await rm(work, { recursive: true, force: true });
  }

  for (const until = Date.now() + 60_000; ; await sleep(250)) {
    const isUp = await docker(['version']).then(
      () => true,
      () => false,
    );
    if (isUp) break;
    if (child.exitCode !== null || Date.now() > until) {
      await stop();
      throw new Error(`the Docker Engine does not start: ${log.trim().split('\n').at(-1)}`);
    }
  }
  return {
    docker,
    stop,
    async makeFolder(name, uid) {
      const path = join(work, 'data/folders', name);
      await mkdir(path, { recursive: true });
      await run('chown', [`${uid}:${uid}`, path]);
      return `/var/lib/docker/folders/${name}`;
    },
  };
}

export async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

export function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error)
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .slice(0, 2)
    .join(': ');
}
