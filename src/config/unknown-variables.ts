/** Environment variables that look like a setting and are none: misspelled, or one that a registry does not have. */
import { nearestName } from './nearest.ts';

export interface KnownVariables {
  /** Every variable that is read. */
  readonly names: readonly string[];
  /** What the variables of each registry begin with, such as `DOCKERHUB`. */
  readonly prefixes: readonly string[];
}

export interface UnknownVariable {
  readonly variable: string;
  readonly reason: string;
}

/** Shorter names are too close to those of other programs. */
const minLength = 8;
const maxLength = 60;
/** What Kubernetes and Docker links set for a service that has the name of a registry: `QUAY_SERVICE_HOST`, `QUAY_PORT_80_TCP_ADDR`. */
const serviceVariable = /_(SERVICE_(HOST|PORT)|PORT(_\d+_(TCP|UDP))?)(_|$)/;

/** In the order of the environment. Values are not looked at, beyond whether there is one. */
export function findUnknownVariables(
  env: Readonly<Record<string, string | undefined>>,
  { names, prefixes }: KnownVariables,
): readonly UnknownVariable[] {
  const found: UnknownVariable[] = [];
  for (const [variable, value] of Object.entries(env)) {
    if (!value?.trim() || names.includes(variable) || variable.length > maxLength || serviceVariable.test(variable)) continue;
    const meant = likelyName(variable.toUpperCase(), names);
    const prefix = prefixes.find((each) => variable.toUpperCase().startsWith(`${each}_`));
    const own = names.filter((name) => name.startsWith(`${prefix}_`));
    if (meant !== undefined) found.push({ variable, reason: `there is no such setting, did you mean ${meant}?` });
    else if (prefix !== undefined) found.push({ variable, reason: `there is no such setting, valid are ${own.join(', ')}` });
  }
  return found;
}

function likelyName(variable: string, names: readonly string[]): string | undefined {
  if (names.includes(variable)) return variable;
  if (variable.length < minLength) return undefined;
  const file = /^(.*)_FILE$/.exec(variable)?.[1];
  if (file !== undefined && names.includes(file)) return file;
  // A unit or an ending that is missing or too much: POLL_INTERVAL, LISTEN_ADDRESS.
  const begun = names.filter((name) => name.startsWith(`${variable}_`));
  const continued = names.find(
    (name) => name.length >= minLength && /^[A-Z]+$/.test(variable.slice(name.length)) && variable.startsWith(name),
  );
  return nearestName(variable, names, variable.length < 12 ? 1 : 2) ?? (begun.length === 1 ? begun[0] : continued);
}
