/** `import`: imports a history from the Go tool's folder, an export, or a Prometheus server. */
import { importHistory } from '../app/import.ts';
import type { Config } from '../config/load.ts';
import { formatExact } from '../core/views/format.ts';
import { plainText } from '../core/views/plain-text.ts';
import type { CommandDefinition, CommandOptions } from './command.ts';
import type { CliIo } from './io.ts';
import { parseDay } from './options.ts';
import { createProgressBar } from './progress-bar.ts';

export const importCommand: CommandDefinition = {
  name: 'import',
  description: 'import a history; the service must be stopped',
  argument: {
    name: 'from',
    description: 'a folder, a .csv, .ndjson or .jsonl file, - for NDJSON on standard input, or the URL of a Prometheus server',
  },
  options: [
    { flags: '--dry-run', description: 'show what would be imported and change nothing; safe while the service is running' },
    { flags: '--keep-marks', description: 'move a whole history: keep its marks instead of marking totals as imported' },
    {
      flags: '--metric <value>',
      description: 'Prometheus only: metric to import; this program exports registrystats_image_pulls',
      default: 'registrystats_image_pulls_total',
    },
    { flags: '--since <day>', description: 'Prometheus only: first day (default: one year ago)' },
  ],
  run: importFrom,
};

const maxShownProblems = 20;

/** Resolves to 1 when a line was invalid. @throws AppError invalid_input, misconfigured, conflict, unauthorized, unreachable, invalid_response */
async function importFrom(config: Config, io: CliIo, options: CommandOptions): Promise<number> {
  const { stdout, stderr, stdin } = io;
  const bar = stderr.isTTY ? createProgressBar(stderr, '') : undefined;
  const isDryRun = options['dryRun'] === true;
  let problems = 0;
  const { added, replaced, equal, kept, events } = await importHistory(
    { ...config, logLevel: bar ? 'error' : config.logLevel },
    {
      from: String(options['from']),
      stdin,
      dryRun: isDryRun,
      keepMarks: options['keepMarks'] === true,
      metric: String(options['metric']),
      since: parseDay('since', options['since']),
      signal: io.signal,
      onProblem({ where, reason }) {
        problems += 1;
        bar?.clear();
        if (problems <= maxShownProblems) stderr.write(`${plainText(`${where}: ${reason}`)}\n`);
      },
      onProgress: (done, total) => bar?.draw({ done, total }),
    },
  );
  bar?.clear();
  if (problems > maxShownProblems) stderr.write(`and ${formatExact(problems - maxShownProblems)} more invalid lines\n`);
  const counts = [
    `${formatExact(added)} new`,
    `${formatExact(replaced)} replaced`,
    `${formatExact(equal)} unchanged`,
    `${formatExact(kept)} kept (the existing value is more reliable)`,
  ];
  stdout.write(`${isDryRun ? 'Would import' : 'Imported'} daily totals: ${counts.join(', ')}; ${formatExact(events)} new events.\n`);
  return problems > 0 ? 1 : 0;
}
