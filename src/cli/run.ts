/** The command line: from arguments to a command and its exit code. */
import type { CliIo } from './io.ts';
import { AppError } from '../core/model/errors.ts';
import { runProgram } from './program.ts';

/** Runs a command and resolves to the exit code: 0 done, 1 failed, 2 wrong usage. Errors go to standard error. */
export async function run(args: readonly string[], io: CliIo): Promise<number> {
  try {
    return await runProgram(args, io);
  } catch (error) {
    // What was stopped while it began has nothing to say.
    if (io.signal.aborted && error === io.signal.reason) return 1;
    if (!(error instanceof AppError)) throw error;
    io.stderr.write(`registry-stats: ${error.message}\n`);
    return 1;
  }
}
