/** Runs the image without Docker: its files, the Node of this machine where the base image has one, and nothing else, entered by chroot. */
import { execFile, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { chmod, copyFile, link, mkdir, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { ReplayedStage } from './dockerfile.ts';

/** The user `nonroot` of the distroless images. */
export const nonrootId = 65_532;

const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** A command that changes the root to the folder that follows it, or why this machine has none. */
export type Entrance = { readonly command: readonly string[] } | { readonly missing: string };

export interface RunInImage {
  /** Standard output and standard error so far. */
  output(): string;
  /** Resolves to the exit code; null when a signal ended it. */
  readonly exited: Promise<number | null>;
  /** Resolves to the first match in the output; rejects when the program ends before. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  stop(): Promise<number | null>;
}

export async function findEntrance(): Promise<Entrance> {
  if (process.platform !== 'linux') return { missing: 'the image can only be entered on Linux' };
  const asNonroot = ['chroot', `--userspec=${nonrootId}:${nonrootId}`];
  const inUserNamespace = ['unshare', '--user', '--map-root-user', 'chroot'];
  for (const command of process.getuid?.() === 0 ? [asNonroot, inUserNamespace] : [inUserNamespace]) {
    const [program = '', ...options] = command;
    const worked = await promisify(execFile)(program, [...options, '/', 'true'], { env: { PATH: path } }).then(
      () => true,
      () => false,
    );
    if (worked) return { command };
  }
  return { missing: 'the image cannot be entered: this machine allows neither chroot nor unshare --user' };
}

/** Adds what the base image brings: Node where the shebang looks for it, the libraries that it loads, and /tmp. */
export async function addBase(root: string): Promise<void> {
  await chmod(root, 0o755);
  await mkdir(join(root, 'tmp'));
  await chmod(join(root, 'tmp'), 0o1777);
  await place(process.execPath, join(root, 'nodejs/bin/node'));
  const { stdout } = await promisify(execFile)('ldd', [process.execPath]);
  for (const [library] of stdout.matchAll(/\/\S+(?= \(0x)/g)) await place(library, join(root, library));
}

async function place(file: string, target: string): Promise<void> {
  const source = await realpath(file);
  await mkdir(dirname(target), { recursive: true });
  // A link is free, but not possible across file systems.
  await link(source, target).catch(() => copyFile(source, target));
}

/** The image has its own Node; the one of this machine may be older, and refuses options that it does not know. */
function forThisNode(env: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const { NODE_OPTIONS: options = '', ...others } = env;
  return options.split(' ').every((option) => process.allowedNodeEnvironmentFlags.has(option)) ? env : others;
}

/** Starts a command of the image in its environment: nothing of the machine's own reaches it. */
export function runInImage(
  { root, env: imageEnv }: ReplayedStage,
  entrance: readonly string[],
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): RunInImage {
  const [program = '', ...options] = entrance;
  const child = spawn(program, [...options, root, ...command], {
    env: { PATH: path, ...forThisNode(imageEnv), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const news = new EventEmitter();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      news.emit('text');
    });
  }
  const exited = once(child, 'close').then(([code]: unknown[]) => (typeof code === 'number' ? code : null));
  return {
    output: () => output,
    exited,
    async printed(pattern) {
      for (;;) {
        const match = pattern.exec(output);
        if (match) return match;
        const ended = await Promise.race([once(news, 'text').then(() => false), exited.then(() => true)]);
        if (ended && !pattern.test(output)) throw new Error(`ended before ${pattern}:\n${output}`);
      }
    },
    stop() {
      child.kill('SIGTERM');
      return exited;
    },
  };
}
