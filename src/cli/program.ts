/** The verbs and their options; every setting is also an option. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { descriptors, version } from '../app/world.ts';
import { loadConfig, type Config } from '../config/load.ts';
import { allSettings } from '../config/settings.ts';
import { backup } from './backup.ts';
import { collect } from './collect.ts';
import { printConfig } from './config.ts';
import { exportTo } from './export.ts';
import { importFrom } from './import.ts';
import type { CliIo } from './io.ts';
import { migrate } from './migrate.ts';
import { report } from './report.ts';
import { restore } from './restore.ts';
import { serve } from './serve.ts';

/** Over the options that every verb has. */
export const settingsHeading = 'Settings, each also an environment variable:';

type Verb = (config: Config, io: CliIo, options: Readonly<Record<string, unknown>>) => Promise<number>;

/** @throws AppError misconfigured, or what the verb throws */
export async function runProgram(args: readonly string[], io: CliIo): Promise<number> {
  let exitCode = 0;
  const program = new Command('registry-stats')
    .description(
      'Records how often public container images are downloaded and serves the history.\nEvery option is also an environment variable: see `registry-stats config`.',
    )
    .version(version, '-V, --version')
    .helpCommand(false)
    .showHelpAfterError('See registry-stats --help.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => io.stdout.columns ?? 80,
    });

  /** `argument`: a name that the verb finds among its options, as `from` for `<from>`. */
  const add = (
    name: string,
    description: string,
    verb: Verb,
    more: {
      readonly isDefault?: true;
      readonly argument?: readonly [name: string, means: string];
      readonly options?: (command: Command) => Command;
    } = {},
  ): void => {
    const { isDefault = false, argument, options: own } = more;
    const command = program.command(name, { isDefault }).description(description).copyInheritedSettings(program);
    if (argument) command.argument(`<${argument[0]}>`, argument[1]);
    own?.(command);
    command.optionsGroup(settingsHeading);
    for (const setting of allSettings(descriptors)) {
      if (!setting.secret) command.option(`${optionName(setting.variable)} <value>`, plain(setting.means));
    }
    command.action(async () => {
      const options = { ...command.opts(), ...(argument ? { [argument[0]]: command.args[0] } : {}) };
      exitCode = await verb(readConfig(io, options), io, options);
    });
  };
  add('serve', 'collect on a schedule and serve the history (the default)', serve, { isDefault: true });
  add('collect', 'collect once, print a summary, and exit 1 if nothing could be read', collect);
  add('export', 'write the stored history for other programs; a running service is not disturbed', exportTo, {
    options: (command) =>
      command
        .requiredOption(
          '--format <value>',
          'csv, ndjson (everything, for `import`), json, or openmetrics (for promtool tsdb create-blocks-from openmetrics)',
        )
        .option('--output <file>', 'where to; standard output where absent')
        .option('--since <day>', 'first day, as 2026-03-14')
        .option('--until <day>', 'last day')
        .option('--registry <values>', 'only these registries, comma-separated')
        .option('--repo <values>', 'only these images, comma-separated'),
  });
  add('import', 'take over a history; the service has to be stopped', importFrom, {
    argument: ['from', 'a folder, a .csv, .ndjson or .jsonl file, - for NDJSON on standard input, or the address of a Prometheus server'],
    options: (command) =>
      command
        .option('--dry-run', 'only tell what would be taken over; the service may run')
        .option('--keep-marks', 'a whole history moves: totals are not marked as imported')
        .option('--metric <value>', 'of a Prometheus server: registrystats_image_pulls for this program', 'registrystats_image_pulls_total')
        .option('--since <day>', 'of a Prometheus server: the first day; a year back where absent'),
  });
  add('backup', 'one archive of the snapshots, with checksums; a running service is not disturbed', backup, {
    argument: ['to', 'a file, such as backup.tar.gz, or - for standard output'],
  });
  add('restore', 'put the snapshots of a backup back, after all of it was checked; the service has to be stopped', restore, {
    argument: ['from', 'the file of a backup'],
    options: (command) => command.option('--force', 'set files aside that are there with another content'),
  });
  add('report', 'how the images do: totals, pulls, change, trend and the next milestone', report, {
    options: (command) =>
      command
        .option('--since <value>', 'first day: a date, or a number of days such as 7d (30d where absent)')
        .option('--json', 'print JSON')
        .option('--csv', 'print CSV')
        .option('--markdown', 'print a Markdown table, for an issue or a mail'),
  });
  add('migrate', 'bring the PostgreSQL database up to date, as every start does', migrate);
  add('config', 'print the effective configuration, secrets hidden', printConfig, {
    options: (command) => command.option('--json', 'print JSON'),
  });
  program
    .command('health')
    .description('exit 0 while the service is healthy, 1 otherwise, and print the reason')
    .option('--health-file <value>', 'the marker to look at')
    .copyInheritedSettings(program);

  try {
    refuseUnknown(args, program);
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
}

/** Before the default verb takes it for an argument of its own. @throws CommanderError */
function refuseUnknown([first = '--']: readonly string[], program: Command): void {
  const names = program.commands.map((command) => command.name());
  if (!first.startsWith('-') && !names.includes(first)) program.error(`error: unknown command '${first}': valid are ${names.join(', ')}`);
}

function readConfig({ env }: CliIo, given: Readonly<Record<string, unknown>>): Config {
  const options: Record<string, string> = {};
  for (const { variable } of allSettings(descriptors)) {
    const value = given[camelCase(variable)];
    if (typeof value === 'string') options[variable] = value;
  }
  return loadConfig({ env, options, descriptors, readTextFile: (path) => readFileSync(path, 'utf8') });
}

/** `DATA_DIR` → `--data-dir` */
function optionName(variable: string): string {
  return `--${variable.toLowerCase().replaceAll('_', '-')}`;
}

/** `DATA_DIR` → `dataDir`, as commander names an option's value. */
function camelCase(variable: string): string {
  return variable.toLowerCase().replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function plain(markdown: string): string {
  return markdown.replaceAll('`', '');
}
