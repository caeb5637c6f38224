/** The program: hands the arguments to the command line, owns the signals and the exit code. */
import { run } from './cli/run.ts';

const stopping = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    stopping.abort(new Error(`received ${signal}`));
    // A second signal, or a stop that takes too long, ends it at once.
    process.once(signal, () => process.exit(130));
    setTimeout(() => process.exit(1), 9_000).unref();
  });
}

run(process.argv.slice(2), {
  env: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: stopping.signal,
}).then(
  (exitCode) => process.exit(exitCode),
  (error: unknown) => {
    process.stderr.write(`registry-stats: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(70);
  },
);
