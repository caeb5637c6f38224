/** The commands and their options; every setting is also an option. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError, Option } from 'commander';
import { checkAddresses } from '../app/notify.ts';
import { descriptors, version } from '../app/world.ts';
import { loadConfig, type Config } from '../config/load.ts';
import { nearestName } from '../config/nearest.ts';
import { allSettings } from '../config/settings.ts';
import { backupCommand } from './backup.ts';
import { collectCommand } from './collect.ts';
import type { CommandDefinition } from './command.ts';
import { configCommand } from './config.ts';
import { demoCommand } from './demo.ts';
import { doctorCommand } from './doctor.ts';
import { exportCommand } from './export.ts';
import { importCommand } from './import.ts';
import type { CliIo } from './io.ts';
import { migrateCommand } from './migrate.ts';
import { notifyCommand } from './notify.ts';
import { reportCommand } from './report.ts';
import { restoreCommand } from './restore.ts';
import { serveCommand } from './serve.ts';

/** Every command, in the order of the help; `health` is loaded alone, see run.ts. */
const commands: readonly CommandDefinition[] = [
  serveCommand,
  collectCommand,
  demoCommand,
  exportCommand,
  importCommand,
  backupCommand,
  restoreCommand,
  reportCommand,
  notifyCommand,
  migrateCommand,
  configCommand,
  doctorCommand,
];

/** Above the options that every command has. */
const settingsHeading = 'Settings, options of every command and environment variables:';
const settingsNote = '\nSettings such as --data-dir are options too: see registry-stats config --help.';

/** Resolves to the exit code. @throws AppError misconfigured, or what the command throws */
export async function runProgram(args: readonly string[], io: CliIo): Promise<number> {
  const program = createProgram(io);
  let exitCode = 0;
  for (const definition of commands) {
    const command = addCommand(program, definition);
    command.action(async () => {
      const { argument, run } = definition;
      const options = { ...command.opts(), ...(argument ? { [argument.name]: command.args[0] } : {}) };
      exitCode = await run(readConfig(io, options), io, options);
    });
  }
  program
    .command('health')
    .description('exit 0 if the service is healthy, 1 otherwise, and print the reason')
    .option('--health-file <value>', 'path of the health marker')
    .copyInheritedSettings(program);

  try {
    rejectUnknown(args, program);
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
}

function createProgram({ stdout, stderr }: CliIo): Command {
  return new Command('registry-stats')
    .description(
      'Records how often public container images are pulled and serves the history.\nEvery option is also an environment variable: see `registry-stats config`.',
    )
    .version(version, '-V, --version')
    .helpCommand(false)
    .showHelpAfterError('See registry-stats --help.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      getOutHelpWidth: () => stdout.columns ?? 80,
    });
}

function addCommand(program: Command, { name, description, isDefault, argument, options = [] }: CommandDefinition): Command {
  const command = program
    .command(name, { isDefault: isDefault === true })
    .description(description)
    .copyInheritedSettings(program);
  if (argument) command.argument(`<${argument.name}>`, argument.description);
  for (const option of options) {
    if (option.required) command.requiredOption(option.flags, option.description, option.default);
    else command.option(option.flags, option.description, option.default);
  }
  // Their help is long and the same for all commands: one shows it.
  const showsSettings = name === configCommand.name;
  if (showsSettings) command.optionsGroup(settingsHeading);
  else command.addHelpText('after', settingsNote);
  for (const setting of allSettings(descriptors)) {
    if (setting.secret) continue;
    const option = new Option(`${optionName(setting.variable)} <value>`, setting.means.replaceAll('`', ''));
    command.addOption(showsSettings ? option : option.hideHelp());
  }
  return command;
}

/** Before the default command takes it for an argument of its own. @throws CommanderError */
function rejectUnknown([first = '--']: readonly string[], program: Command): void {
  const names = program.commands.map((command) => command.name());
  if (first.startsWith('-') || names.includes(first)) return;
  const nearest = nearestName(first.toLowerCase(), names, Math.min(3, Math.ceil(first.length / 3)));
  const advice = nearest === undefined ? `valid are ${names.join(', ')}` : `did you mean ${nearest}?`;
  program.error(`error: unknown command '${first}': ${advice}`);
}

function readConfig({ env }: CliIo, given: Readonly<Record<string, unknown>>): Config {
  const options: Record<string, string> = {};
  for (const { variable } of allSettings(descriptors)) {
    const value = given[camelCase(variable)];
    if (typeof value === 'string') options[variable] = value;
  }
  return loadConfig({ env, options, descriptors, checkAddresses, readTextFile: (path) => readFileSync(path, 'utf8') });
}

/** `DATA_DIR` → `--data-dir` */
function optionName(variable: string): string {
  return `--${variable.toLowerCase().replaceAll('_', '-')}`;
}

/** `DATA_DIR` → `dataDir`, as commander names an option's value. */
function camelCase(variable: string): string {
  return variable.toLowerCase().replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}
