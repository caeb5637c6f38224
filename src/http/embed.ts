/** Pictures for READMEs: what their addresses name, and how OpenAPI describes them. */
import { AppError } from '../core/model/errors.ts';
import { canonicalRepo } from '../core/model/image-ref.ts';
import type { SeriesQuery } from '../core/model/query.ts';
import { overdueAfterMs } from '../core/views/status.ts';
import { findGroup } from '../core/views/groups.ts';
import type { ApiDeps } from './deps.ts';
import { nothingHere, type EndpointRequest, type ResponseDescription } from './endpoint.ts';
import { invalidParameter, notNow, registry } from './responses.ts';
import { text, type Schema } from './schema.ts';

export interface Embedded {
  readonly query: SeriesQuery;
  /** `owner/name` or the name of a group, as the address has it. */
  readonly name: string;
  readonly format: string;
}

/**
 * What `{registry or all}/{owner}/{name}.{format}` names.
 * @throws AppError invalid_input for a registry or a format that is none, not_found for a name that is none
 */
export function parseEmbedded(
  { registry: id = '', file = '' }: EndpointRequest<unknown>['params'],
  { registries, groups }: Pick<ApiDeps, 'registries' | 'groups'>,
  formats: readonly string[],
): Embedded {
  const [, name, format] = /^(.+)\.([a-z]+)$/.exec(file) ?? [];
  if (name === undefined || format === undefined || !(name.includes('/') || findGroup(groups, name))) throw nothingHere();
  if (!formats.includes(format)) throw new AppError('invalid_input', `"${format}" is not drawn here: valid are ${formats.join(', ')}`);
  if (id !== 'all' && !registries.includes(id)) {
    throw new AppError('invalid_input', `unknown registry ${JSON.stringify(id)}: valid are all, ${registries.join(', ')}`);
  }
  return { query: { registries: id === 'all' ? undefined : new Set([id]), repos: new Set([canonicalRepo(name)]) }, name, format };
}

/** Milliseconds after which a reading is old, and the moment that it is: two runs were missed, or were long. Where none follow, as anywhere else. */
export function ageLimit({ clock, status, staleAfterMs }: Pick<ApiDeps, 'clock' | 'status' | 'staleAfterMs'>): {
  readonly now: number;
  readonly agesAfterMs: number;
} {
  const { pollIntervalMs } = status();
  return { now: clock.now(), agesAfterMs: pollIntervalMs === undefined ? staleAfterMs : overdueAfterMs(pollIntervalMs) };
}

/** The named parts of the path; `file`: what stands for the last. */
export function embedParams(file: string): Readonly<Record<string, Schema>> {
  return { registry: { ...registry, description: 'A registry, or all' }, file: text({ description: file }) };
}

export function embedResponses(content: Readonly<Record<string, Schema>>): Readonly<Record<number, ResponseDescription>> {
  return {
    200: { description: 'OK', content },
    400: invalidParameter,
    404: { description: 'The image is not tracked: gray, or empty', content },
    503: notNow,
  };
}
