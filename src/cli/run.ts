/** The command line: from arguments to a command and its exit code. */
import type { CliIo } from './io.ts';
import { AppError } from '../core/model/errors.ts';

/** Runs a command and resolves to the exit code: 0 done, 1 failed, 2 wrong usage. Errors go to standard error. */
export async function run(args: readonly string[], io: CliIo): Promise<number> {
  try {
    // The probe runs every few seconds: it must not wait for the rest of the program to load.
    if (args[0] === 'health' && !args.includes('--help') && !args.includes('-h')) {
      const { health } = await import('./health.ts');
      return await health(args.slice(1), io);
    }
    const { runProgram } = await import('./program.ts');
    return await runProgram(args, io);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    io.stderr.write(`registry-stats: ${error.message}\n`);
    return 1;
  }
}
