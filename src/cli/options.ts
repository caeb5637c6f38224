/** The values of options that several commands have. */
import { isDay } from '../core/model/day.ts';
import { AppError } from '../core/model/errors.ts';

/** @throws AppError invalid_input for anything but a date */
export function parseDay(name: string, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && isDay(value)) return value;
  throw invalidOption(name, value, ['a date such as 2026-03-14']);
}

/** The entries of a comma-separated list, in lower case. */
export function parseList(value: unknown): string[] | undefined {
  return typeof value === 'string' ? value.split(',').map((each) => each.trim().toLowerCase()) : undefined;
}

/** @throws AppError invalid_input for anything but one of these */
export function parseChoice<Choice extends string>(name: string, value: unknown, choices: readonly Choice[]): Choice {
  const choice = choices.find((each) => each === value);
  if (choice === undefined) throw invalidOption(name, value, choices);
  return choice;
}

export function invalidOption(name: string, value: unknown, valid: readonly string[]): AppError {
  return new AppError('invalid_input', `invalid --${name} ${JSON.stringify(value)}: valid is ${valid.join(', ')}`);
}
