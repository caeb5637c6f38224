/** What a command is: its name, its help, and what it does with the configuration. */
import type { Config } from '../config/load.ts';
import type { CliIo } from './io.ts';

/** Options by their name in camel case, and the argument by its name. */
export type CommandOptions = Readonly<Record<string, unknown>>;

export interface CommandDefinition {
  readonly name: string;
  readonly description: string;
  /** Whether it runs when no command is named. */
  readonly isDefault?: true;
  /** The one argument of the command; its value is among the options. */
  readonly argument?: { readonly name: string; readonly description: string };
  /** Beside the settings, which every command has. */
  readonly options?: readonly OptionDefinition[];
  /** Resolves to the exit code: 0 done, 1 not done. @throws AppError */
  readonly run: (config: Config, io: CliIo, options: CommandOptions) => Promise<number>;
}

export interface OptionDefinition {
  /** As commander writes them: `--output <file>`. */
  readonly flags: string;
  readonly description: string;
  readonly default?: string;
  readonly required?: true;
}
