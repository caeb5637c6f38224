/** `export`: the stored history for other programs; a running service is not disturbed. */
import { descriptors } from '../app/world.ts';
import { exportFormats, exportHistory } from '../app/export.ts';
import type { Config } from '../config/load.ts';
import { AppError } from '../core/model/errors.ts';
import { canonicalRepo } from '../core/model/image-ref.ts';
import type { DayRange, SeriesQuery } from '../core/model/query.ts';
import type { CommandDefinition, CommandOptions } from './command.ts';
import type { CliIo } from './io.ts';
import { invalidOption, parseChoice, parseDay, parseList } from './options.ts';
import { writeTo } from './output.ts';
import { createProgressBar } from './progress-bar.ts';

export const exportCommand: CommandDefinition = {
  name: 'export',
  description: 'export the stored history; safe while the service is running',
  options: [
    {
      flags: '--format <value>',
      description: 'csv, ndjson (everything, for `import`), json, or openmetrics (for promtool tsdb create-blocks-from openmetrics)',
      required: true,
    },
    { flags: '--output <file>', description: 'file to write (default: standard output)' },
    { flags: '--since <day>', description: 'first day, such as 2026-03-14' },
    { flags: '--until <day>', description: 'last day' },
    { flags: '--registry <values>', description: 'only these registries, comma-separated' },
    { flags: '--repo <values>', description: 'only these images, comma-separated' },
  ],
  run: exportTo,
};

/** @throws AppError invalid_input (an option is invalid, the file already exists), misconfigured (the store cannot be read) */
async function exportTo(config: Config, { stdout, stderr }: CliIo, options: CommandOptions): Promise<number> {
  const format = parseChoice('format', options['format'], exportFormats);
  const output = typeof options['output'] === 'string' ? options['output'] : '-';
  // On one terminal the bar would be among the lines of the export.
  const bar = stderr.isTTY && (output !== '-' || !stdout.isTTY) ? createProgressBar(stderr, 'days') : undefined;
  const pieces = exportHistory(config, {
    format,
    query: parseQuery(options),
    range: parseRange(options),
    onProgress: (done, total) => bar?.draw({ done, total }),
  });
  await writeTo(output, pieces, stdout).finally(() => bar?.clear());
  return 0;
}

function parseQuery({ registry, repo }: CommandOptions): SeriesQuery {
  const ids = descriptors.map(({ id }) => id);
  const registries = parseList(registry);
  const unknown = registries?.find((each) => !ids.includes(each));
  if (unknown !== undefined) throw invalidOption('registry', unknown, ids);
  const repos = parseList(repo)?.map(canonicalRepo);
  return { registries: registries && new Set(registries), repos: repos && new Set(repos) };
}

function parseRange({ since, until }: CommandOptions): DayRange {
  const range = { from: parseDay('since', since), to: parseDay('until', until) };
  if (range.from !== undefined && range.to !== undefined && range.from > range.to)
    throw new AppError('invalid_input', '--since must not be after --until');
  return range;
}
