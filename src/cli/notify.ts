/** `notify`: tests the channels, or prints what would have been sent. */
import { dryRun, testChannels } from '../app/notify.ts';
import type { Config } from '../config/load.ts';
import { AppError } from '../core/model/errors.ts';
import { plainText } from '../core/views/plain-text.ts';
import type { CommandDefinition, CommandOptions } from './command.ts';
import type { CliIo } from './io.ts';

export const notifyCommand: CommandDefinition = {
  name: 'notify',
  description: 'test the channels of notifications, or print what would have been sent',
  options: [
    {
      flags: '--test [channel]',
      description: 'send a test message to all channels or to this one, once, and print the answers; exit 1 if one fails',
    },
    { flags: '--dry-run', description: 'print what would have been sent in the last 30 days' },
  ],
  run: notify,
};

/** @throws AppError invalid_input (no option, or no such channel), misconfigured (the store cannot be read) */
async function notify(config: Config, { stdout, signal }: CliIo, options: CommandOptions): Promise<number> {
  const { test, dryRun: isDry } = options;
  if ((test === undefined) === (isDry !== true)) throw new AppError('invalid_input', 'use either --test or --dry-run');
  if (isDry === true) {
    const messages = await dryRun({ ...config, logLevel: 'error' });
    const texts = messages.map(({ day, title, lines }) => [`${day}  ${title}`, ...lines.map((line) => `  - ${line}`), ''].join('\n'));
    stdout.write(plainLines(messages.length === 0 ? 'Nothing would have been sent in the last 30 days.\n' : texts.join('\n')));
    return 0;
  }
  const tested = await testChannels({ ...config, logLevel: 'error' }, { name: typeof test === 'string' ? test : undefined, signal });
  for (const { name, kind, host, answer, problem } of tested) {
    stdout.write(`${plainText(`${name} (${kind}, ${host}): ${problem === undefined ? `sent, ${answer}` : `failed, ${problem}`}`)}\n`);
  }
  return tested.some(({ problem }) => problem !== undefined) ? 1 : 0;
}

function plainLines(text: string): string {
  return text.split('\n').map(plainText).join('\n');
}
