/** `import`: takes over a history from the Go tool's folder, an export, or a Prometheus server. */
import { importHistory } from '../app/import.ts';
import type { Config } from '../config/load.ts';
import { formatExact } from '../core/views/format.ts';
import { plainText } from '../core/views/plain-text.ts';
import { parseDay } from './export.ts';
import type { CliIo } from './io.ts';
import { createProgressBar } from './progress-bar.ts';

const shownProblems = 20;

/** Resolves to 1 when a line could not be used. @throws AppError invalid_input, misconfigured, conflict, unauthorized, unreachable, invalid_response */
export async function importFrom(config: Config, io: CliIo, options: Readonly<Record<string, unknown>>): Promise<number> {
  const { stdout, stderr, stdin } = io;
  const bar = stderr.isTTY ? createProgressBar(stderr, '') : undefined;
  const isTrial = options['dryRun'] === true;
  let problems = 0;
  const intake = await importHistory(
    { ...config, logLevel: bar ? 'error' : config.logLevel },
    {
      from: String(options['from']),
      stdin,
      dryRun: isTrial,
      keepMarks: options['keepMarks'] === true,
      metric: String(options['metric']),
      since: parseDay('since', options['since']),
      onProblem({ where, reason }) {
        problems += 1;
        bar?.clear();
        if (problems <= shownProblems) stderr.write(`${plainText(`${where}: ${reason}`)}\n`);
      },
      onProgress: (done, total) => bar?.draw({ done, total }),
    },
  );
  bar?.clear();
  if (problems > shownProblems) stderr.write(`and ${formatExact(problems - shownProblems)} more that cannot be used\n`);
  const { added, replaced, equal, kept, events } = intake;
  const counts = [
    `${formatExact(added)} new`,
    `${formatExact(replaced)} better known now`,
    `${formatExact(equal)} there already`,
    `${formatExact(kept)} left out, because what is there is known better`,
  ];
  stdout.write(`${isTrial ? 'Would take over' : 'Took over'} totals of days: ${counts.join(', ')}; ${formatExact(events)} new events.\n`);
  return problems > 0 ? 1 : 0;
}
