/**
 * The file that is started. It answers the health probe by itself, because that runs every few seconds beside the service, and loads the
 * program for everything else. It is bundled apart from the program: each probe pays for what is imported here.
 */
import { writeSync } from 'node:fs';
import { health } from './cli/health.ts';

const [command, ...args] = process.argv.slice(2);

if (command === 'health' && !args.includes('--help') && !args.includes('-h')) {
  const { exitCode, text } = health(args, process.env, Date.now());
  // Making process.stdout would cost more than all the rest.
  writeSync(1, text);
  process.exitCode = exitCode;
} else {
  // The kernel drops what process 1 does not listen to, and main.ts listens once all of it is loaded: until then signals wait.
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => undefined);
  // Built from main.ts, into the same folder; it runs by itself.
  // oxlint-disable-next-line import/no-unassigned-import
  require('./registry-stats-program.cjs');
}
