/** The entries of a list of images, as people write and copy them. */
import { AppError, toAppError } from '../core/model/errors.ts';
import { parseTarget, type Target } from '../core/model/image-ref.ts';
import type { RegistryDescriptor } from '../core/model/registry.ts';

export interface EntriesContext {
  readonly descriptor: RegistryDescriptor;
  /** Every registry: an image may have been written into the wrong list. */
  readonly descriptors: readonly RegistryDescriptor[];
  readonly onProblem: (entry: string, reason: string) => void;
}

/** The usable entries of a list; the others are told. */
export function readEntries(entries: readonly string[], { descriptor, descriptors, onProblem }: EntriesContext): Target[] {
  const targets: Target[] = [];
  for (const entry of entries) {
    try {
      targets.push(parseEntry(entry, descriptor, descriptors));
    } catch (error) {
      onProblem(entry, toAppError(error).message);
    }
  }
  return targets;
}

function parseEntry(entry: string, descriptor: RegistryDescriptor, descriptors: readonly RegistryDescriptor[]): Target {
  const correction = correctionOf(entry, descriptor, descriptors);
  if (correction !== undefined) throw new AppError('invalid_input', correction);
  const target = parseTarget(entry);
  if (target.kind === 'image' && target.ref.name.includes('/') && !descriptor.nestedNames) {
    throw new AppError('invalid_input', `${descriptor.title} has no nested names, write owner/name`);
  }
  return target;
}

/** What to write in the place of an address, or of a name as it is pulled; undefined where it is neither. */
function correctionOf(entry: string, descriptor: RegistryDescriptor, descriptors: readonly RegistryDescriptor[]): string | undefined {
  if (/^[a-z]+:\/\//i.test(entry)) return `it is an address, write ${anyName}`;
  const [name = '', mark] = entry.split(/([:@])/, 2);
  const [host = '', ...path] = name.split('/');
  const registry = descriptors.find((each) => each.host === host.toLowerCase());
  if (registry) {
    const inside = nameOn(registry, path.join('/'));
    return registry.id === descriptor.id
      ? `${registry.host} is not needed, write ${inside}`
      : `it is on ${registry.title}, write ${inside} into ${registry.variablePrefix}_REPOS`;
  }
  if (path.length === 0 && descriptor.bareOwner !== undefined && /^\w/.test(name))
    return `it has no slash, write owner/name, owner/* or ${descriptor.bareOwner}/${name}`;
  return mark === undefined ? undefined : `a ${mark === ':' ? 'tag' : 'digest'} is no part of it, write ${name}`;
}

const anyName = 'owner/name or owner/*';

function nameOn({ bareOwner }: RegistryDescriptor, name: string): string {
  if (name.includes('/')) return name;
  return bareOwner === undefined || name === '' ? anyName : `${bareOwner}/${name}`;
}
