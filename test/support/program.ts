/** Runs the built program as a process of its own, as a user would. */
import { spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';

const bundle = 'dist/registry-stats.cjs';
const imageFile = 'dist/image/registry-stats';

export interface RunningProgram {
  readonly child: ChildProcess;
  /** Everything that it wrote to standard error so far. */
  log(): string;
  output(): string;
  /** Resolves to the exit code; null when a signal ended it. */
  readonly exited: Promise<number | null>;
  /** Resolves to the first match in the log; rejects when the program ends before. */
  logged(pattern: RegExp): Promise<RegExpExecArray>;
  /** The same in what it wrote to standard output. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
}

export interface ProgramOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly uid?: number | undefined;
  /** Runs it through a shell with this in front, e.g. a limit. */
  readonly shellPrefix?: string;
  /** Options of Node itself. */
  readonly nodeOptions?: readonly string[];
}

export interface ImageStart {
  readonly nodeOptions: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** How the image starts its program: the options of its first line, and what the Dockerfile tells the C library. */
export async function imageStart(): Promise<ImageStart> {
  const [firstLine = ''] = (await readFile(imageFile, 'utf8')).split('\n', 1);
  const variables = [...(await readFile('Dockerfile', 'utf8')).matchAll(/\b(MALLOC_\w+|NODE_OPTIONS)=(\S+)/g)];
  const env = variables.map(([, name = '', value = '']) => [name, value] as const);
  return {
    nodeOptions: firstLine.split(' ').slice(1),
    // The Node of this machine may be older than the image's, and refuses options that it does not know.
    env: Object.fromEntries(env.filter(([name, value]) => name !== 'NODE_OPTIONS' || process.allowedNodeEnvironmentFlags.has(value))),
  };
}

/** Starts the program with a bare environment: nothing of the machine's own configuration reaches it. */
export function runProgram(args: readonly string[], { env = {}, uid, shellPrefix, nodeOptions = [] }: ProgramOptions = {}): RunningProgram {
  const words = [process.execPath, ...nodeOptions, bundle, ...args];
  const [command, allArgs] = shellPrefix
    ? ['bash', ['-c', `${shellPrefix}; exec "$@"`, 'bash', ...words]]
    : [process.execPath, words.slice(1)];
  const child = spawn(command, allArgs, {
    env: { PATH: process.env['PATH'], TZ: 'UTC', ...env },
    ...(uid === undefined ? {} : { uid, gid: uid }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return watchProgram(child);
}

/** Both streams of a child have to be pipes. */
export function watchProgram(child: ChildProcessByStdio<null, Readable, Readable>): RunningProgram {
  let log = '';
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const exited = once(child, 'close').then(([code]: unknown[]) => (typeof code === 'number' ? code : null));
  async function found(pattern: RegExp, stream: Readable, text: () => string): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(text());
      if (match) return match;
      const ended = await Promise.race([once(stream, 'data').then(() => false), exited.then(() => true)]);
      if (ended && !pattern.test(text())) throw new Error(`ended before ${pattern}:\n${output}${log}`);
    }
  }
  return {
    child,
    exited,
    log: () => log,
    output: () => output,
    logged: (pattern) => found(pattern, child.stderr, () => log),
    printed: (pattern) => found(pattern, child.stdout, () => output),
  };
}

export interface Service extends RunningProgram {
  readonly url: string;
  /** Sends SIGTERM and resolves to the exit code. */
  stop(): Promise<number | null>;
}

/** Starts `serve` on a free port and waits until it listens. */
export async function startService(env: Readonly<Record<string, string>>, options: Omit<ProgramOptions, 'env'> = {}): Promise<Service> {
  const program = runProgram(['serve'], { ...options, env: { LISTEN_ADDR: '127.0.0.1:0', ...env } });
  const match = await program.logged(/service started.*"url":"([^"]+)"/);
  return {
    ...program,
    url: match[1] ?? '',
    stop() {
      program.child.kill('SIGTERM');
      return program.exited;
    },
  };
}

/** The parsed JSON of an answer and its status. */
export async function getJson(url: string): Promise<{ readonly status: number; readonly body: unknown }> {
  const answer = await fetch(url);
  return { status: answer.status, body: await answer.json() };
}
