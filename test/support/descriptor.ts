/** A registry without anything special. */
import type { RegistryDescriptor } from '../../src/core/model/registry.ts';

export function plainDescriptor(id: string, title = id): RegistryDescriptor {
  return {
    id,
    title,
    counts: { unit: 'pulls', lifetime: true, note: '' },
    variablePrefix: 'X',
    host: `${id}.example`,
    nestedNames: false,
    example: '',
    urls: [],
    delay: { defaultMs: 0, note: '' },
  };
}
