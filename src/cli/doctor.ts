/** `doctor`: checks that everything is ready, and says what to do where it is not. */
import { diagnose, type Finding } from '../app/doctor.ts';
import type { Config } from '../config/load.ts';
import { plainText } from '../core/views/plain-text.ts';
import type { CommandDefinition } from './command.ts';
import type { CliIo } from './io.ts';

export const doctorCommand: CommandDefinition = {
  name: 'doctor',
  description: 'check configuration, names, network, storage, clock and memory, and say what to do; exit 1 if something has to be fixed',
  run: doctor,
};

const signs: Readonly<Record<Finding['level'], string>> = { ok: 'ok      ', warning: 'warning ', error: 'ERROR   ' };

async function doctor(config: Config, { stdout, signal }: CliIo): Promise<number> {
  const counts = { ok: 0, warning: 0, error: 0 };
  for await (const finding of diagnose({ ...config, logLevel: 'error' }, signal)) {
    counts[finding.level] += 1;
    stdout.write(`${plainText(describeFinding(finding))}\n`);
    if (finding.advice !== undefined) stdout.write(`${plainText(`         → ${finding.advice}`)}\n`);
  }
  stdout.write(`\n${summary(counts)}\n`);
  return counts.error > 0 ? 1 : 0;
}

function describeFinding({ area, level, text }: Finding): string {
  return `${signs[level]} ${area}: ${text}`;
}

function summary({ warning, error }: Readonly<Record<Finding['level'], number>>): string {
  const warnings = `${warning} ${warning === 1 ? 'warning' : 'warnings'}`;
  if (error > 0) return `${error} ${error === 1 ? 'problem has' : 'problems have'} to be fixed, ${warnings}.`;
  return warning > 0 ? `Ready, with ${warnings}.` : 'Everything is ready.';
}
