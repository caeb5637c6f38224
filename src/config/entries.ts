/** The entries of the lists of images and groups, as people write and copy them. An invalid one is reported, and the others count. */
import { AppError, toAppError } from '../core/model/errors.ts';
import { parseTarget, type Target } from '../core/model/image-ref.ts';
import type { RegistryDescriptor } from '../core/model/registry.ts';
import { parseGroup, type Group } from '../core/views/groups.ts';
import { parseReference } from './reference.ts';

export interface ListContext {
  /** Every registry: an image may have been written into the wrong list. */
  readonly descriptors: readonly RegistryDescriptor[];
  readonly onProblem: (entry: string, reason: string) => void;
}

/** A valid entry: what is tracked, or with `isExcluded` what is left out of `owner/*`. */
export interface Entry {
  readonly text: string;
  readonly registry: string;
  readonly target: Target;
  readonly isExcluded: boolean;
}

/** The valid entries of a registry's list of images. */
export function parseEntries(
  entries: readonly string[],
  { descriptor, descriptors, onProblem }: ListContext & { readonly descriptor: RegistryDescriptor },
): Entry[] {
  const parse = (text: string): Entry => {
    const { registry = descriptor, name, isExcluded } = readEntry(text, descriptors);
    if (registry.id !== descriptor.id) {
      const entry = `${isExcluded ? '!' : ''}${name}`;
      throw invalid(`this image is on ${registry.title}, add ${entry} to ${registry.variablePrefix}_REPOS`);
    }
    return toEntry(text, { registry, name, isExcluded });
  };
  return parseEach(entries, parse, onProblem);
}

/** The valid entries of the list for all registries. */
export function parseImages(entries: readonly string[], { descriptors, onProblem }: ListContext): Entry[] {
  const hosts = descriptors.map(({ host }) => host);
  const parse = (text: string): Entry => {
    const { registry, name, isExcluded } = readEntry(text, descriptors);
    if (!registry) throw invalid(`no registry: write one of ${hosts.join(', ')} in front, such as ${hosts[0]}/${name}`);
    return toEntry(text, { registry, name, isExcluded });
  };
  return parseEach(entries, parse, onProblem);
}

/** The valid groups, each name once. */
export function parseGroups(entries: readonly string[], { descriptors, onProblem }: ListContext): Group[] {
  const registries = descriptors.map(({ id }) => id);
  const names = new Set<string>();
  const parse = (entry: string): Group => {
    const group = parseGroup(entry, registries);
    if (names.has(group.name)) throw invalid(`group ${group.name} already exists, join its images with + in one entry`);
    names.add(group.name);
    return group;
  };
  return parseEach(entries, parse, onProblem);
}

function parseEach<T>(entries: readonly string[], parse: (entry: string) => T, onProblem: ListContext['onProblem']): T[] {
  const parsed: T[] = [];
  for (const entry of entries) {
    try {
      parsed.push(parse(entry));
    } catch (error) {
      onProblem(entry, toAppError(error).message);
    }
  }
  return parsed;
}

interface Named<Registry> {
  readonly registry: Registry;
  readonly name: string;
  readonly isExcluded: boolean;
}

/** @throws AppError invalid_input */
function readEntry(text: string, descriptors: readonly RegistryDescriptor[]): Named<RegistryDescriptor | undefined> {
  const isExcluded = text.startsWith('!');
  const { registry, name } = parseReference(isExcluded ? text.slice(1).trimStart() : text, descriptors);
  return { registry, name, isExcluded };
}

/** @throws AppError invalid_input */
function toEntry(text: string, { registry, name, isExcluded }: Named<RegistryDescriptor>): Entry {
  const { bareOwner, nestedNames, title, id } = registry;
  if (bareOwner !== undefined && /^\w[^/*]*$/.test(name)) throw invalid(`no owner, use owner/name, owner/* or ${bareOwner}/${name}`);
  const target = parseTarget(name);
  if (!nestedNames && imageName(target).includes('/')) throw invalid(`${title} has no nested names, use owner/name`);
  return { text, registry: id, target, isExcluded };
}

/** The name or pattern of a target; `*` for all images of an owner. */
export function imageName(target: Target): string {
  return target.kind === 'image' ? target.ref.name : (target.include?.join() ?? '*');
}

function invalid(reason: string): AppError {
  return new AppError('invalid_input', reason);
}
