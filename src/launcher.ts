/**
 * The file that is started. It answers the health probe by itself, because that runs every few seconds beside the service, and loads the
 * program for everything else. It is bundled apart from the program: each probe pays for what is imported here.
 */
import { readFileSync, writeSync } from 'node:fs';
import { health } from './cli/health.ts';

/** SIGTERM is signal 15, and the lowest bit stands for signal 1. */
const sigtermBit = 1n << 14n;

const [command, ...args] = process.argv.slice(2);

if (command === 'health' && !args.includes('--help') && !args.includes('-h')) {
  const { exitCode, text } = health(args, process.env, Date.now());
  // Making process.stdout would cost more than all the rest.
  writeSync(1, text);
  process.exitCode = exitCode;
} else if (process.pid === 1 && wasStopped()) {
  process.exitCode = 0;
} else {
  // The kernel drops what process 1 does not listen to, and main.ts listens once all of it is loaded: until then signals wait.
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => undefined);
  // Built from main.ts, into the same folder; it runs by itself.
  // oxlint-disable-next-line import/no-unassigned-import
  require('./registry-stats-program.cjs');
}

/**
 * Whether process 1 got SIGTERM while Node started. Node's own handler then ends the process by the same signal, which the kernel drops for
 * process 1, and is removed by that (SA_RESETHAND; node.cc, SignalExit, Node 20 to 26): where it is missing, the signal has come.
 */
function wasStopped(): boolean {
  try {
    const [, caught] = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    return caught !== undefined && (BigInt(`0x${caught}`) & sigtermBit) === 0n;
  } catch {
    return false;
  }
}
