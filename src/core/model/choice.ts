/** A value out of a short list, as it is written in an address. */
import { AppError } from './errors.ts';

/**
 * The choice that a text names, in any letter case; undefined where it is absent or empty.
 * @throws AppError invalid_input that names the parameter and the choices
 */
export function parseChoice<Choice extends string>(
  name: string,
  text: string | null | undefined,
  choices: readonly Choice[],
): Choice | undefined {
  const wanted = text?.trim().toLowerCase();
  if (!wanted) return undefined;
  const found = choices.find((choice) => choice.toLowerCase() === wanted);
  if (found !== undefined) return found;
  const valid = `${choices.length === 1 ? 'valid is' : 'valid are'} ${choices.join(', ')}`;
  throw new AppError('invalid_input', `"${name}" is ${JSON.stringify(text?.trim())}: ${valid}`);
}
