/** The entries of the lists of images and groups, as people write and copy them. An invalid one is reported, and the others count. */
import { AppError, toAppError } from '../core/model/errors.ts';
import { parseTarget, type Target } from '../core/model/image-ref.ts';
import type { RegistryDescriptor } from '../core/model/registry.ts';
import { parseGroup, type Group } from '../core/views/groups.ts';

interface ListContext {
  /** Every registry: an image may have been written into the wrong list. */
  readonly descriptors: readonly RegistryDescriptor[];
  readonly onProblem: (entry: string, reason: string) => void;
}

/** The valid entries of a registry's list of images. */
export function parseEntries(
  entries: readonly string[],
  { descriptor, descriptors, onProblem }: ListContext & { readonly descriptor: RegistryDescriptor },
): Target[] {
  return parseEach(entries, (entry) => parseEntry(entry, descriptor, descriptors), onProblem);
}

/** The valid groups, each name once. */
export function parseGroups(entries: readonly string[], { descriptors, onProblem }: ListContext): Group[] {
  const registries = descriptors.map(({ id }) => id);
  const names = new Set<string>();
  const parse = (entry: string): Group => {
    const group = parseGroup(entry, registries);
    if (names.has(group.name))
      throw new AppError('invalid_input', `group ${group.name} already exists, join its images with + in one entry`);
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

function parseEntry(entry: string, descriptor: RegistryDescriptor, descriptors: readonly RegistryDescriptor[]): Target {
  const correction = suggestCorrection(entry, descriptor, descriptors);
  if (correction !== undefined) throw new AppError('invalid_input', correction);
  const target = parseTarget(entry);
  if (target.kind === 'image' && target.ref.name.includes('/') && !descriptor.nestedNames) {
    throw new AppError('invalid_input', `${descriptor.title} has no nested names, use owner/name`);
  }
  return target;
}

/** What to write instead of a URL, or of a name as it is pulled; undefined where it is neither. */
function suggestCorrection(entry: string, descriptor: RegistryDescriptor, descriptors: readonly RegistryDescriptor[]): string | undefined {
  if (/^[a-z]+:\/\//i.test(entry)) return `use ${anyName}, not a URL`;
  const [name = '', separator] = entry.split(/([:@])/, 2);
  const [host = '', ...path] = name.split('/');
  const registry = descriptors.find((each) => each.host === host.toLowerCase());
  if (registry) {
    const inside = nameOn(registry, path.join('/'));
    return registry.id === descriptor.id
      ? `remove ${registry.host}, use ${inside}`
      : `this image is on ${registry.title}, add ${inside} to ${registry.variablePrefix}_REPOS`;
  }
  if (path.length === 0 && descriptor.bareOwner !== undefined && /^\w/.test(name))
    return `no owner, use owner/name, owner/* or ${descriptor.bareOwner}/${name}`;
  return separator === undefined ? undefined : `remove the ${separator === ':' ? 'tag' : 'digest'}, use ${name}`;
}

const anyName = 'owner/name or owner/*';

function nameOn({ bareOwner }: RegistryDescriptor, name: string): string {
  if (name.includes('/')) return name;
  return bareOwner === undefined || name === '' ? anyName : `${bareOwner}/${name}`;
}
