/** A clone, built and started as `npm start` does. What npx and the image say is in package.test.ts and in the proofs. */
import { runProgram } from '../support/program.ts';
import { describeFirstMinutes } from '../support/first-minutes.ts';

describeFirstMinutes('a clone', async (env) => {
  const program = runProgram([], { env });
  return {
    printed: (pattern) => program.logged(pattern),
    text: () => program.log() + program.output(),
    stop() {
      program.child.kill('SIGTERM');
      return program.exited;
    },
  };
});
