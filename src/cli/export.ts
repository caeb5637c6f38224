/** `export`: the stored history for other programs; a running service is not disturbed. */
import { descriptors } from '../app/world.ts';
import { exportFormats, exportHistory } from '../app/export.ts';
import type { Config } from '../config/load.ts';
import { isDay } from '../core/model/day.ts';
import { AppError } from '../core/model/errors.ts';
import { canonicalRepo } from '../core/model/image-ref.ts';
import type { DayRange, SeriesQuery } from '../core/model/query.ts';
import type { CliIo } from './io.ts';
import { writeTo } from './output.ts';

type Options = Readonly<Record<string, unknown>>;

/** @throws AppError invalid_input (an option is not valid, the file is there), misconfigured (what is stored cannot be read) */
export async function exportTo(config: Config, { stdout }: CliIo, options: Options): Promise<number> {
  const format = exportFormats.find((each) => each === options['format']);
  if (!format)
    throw new AppError('invalid_input', `--format is ${JSON.stringify(options['format'])}: valid is ${exportFormats.join(', ')}`);
  const pieces = exportHistory(config, { format, query: parseQuery(options), range: parseRange(options) });
  await writeTo(typeof options['output'] === 'string' ? options['output'] : '-', pieces, stdout);
  return 0;
}

function parseQuery({ registry, repo }: Options): SeriesQuery {
  const known = descriptors.map(({ id }) => id);
  const registries = listOf(registry);
  const unknown = registries?.find((each) => !known.includes(each));
  if (unknown !== undefined) throw new AppError('invalid_input', `--registry is ${JSON.stringify(unknown)}: valid are ${known.join(', ')}`);
  const repos = listOf(repo)?.map(canonicalRepo);
  return { registries: registries && new Set(registries), repos: repos && new Set(repos) };
}

function listOf(value: unknown): string[] | undefined {
  return typeof value === 'string' ? value.split(',').map((each) => each.trim().toLowerCase()) : undefined;
}

function parseRange({ since, until }: Options): DayRange {
  const range = { from: parseDay('since', since), to: parseDay('until', until) };
  if (range.from !== undefined && range.to !== undefined && range.from > range.to)
    throw new AppError('invalid_input', '--since is after --until: swap them');
  return range;
}

/** @throws AppError invalid_input for anything that is not a date */
export function parseDay(name: string, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && isDay(value)) return value;
  throw new AppError('invalid_input', `--${name} is ${JSON.stringify(value)}: valid is a date such as 2026-03-14`);
}
