/** The registries, in the order in which they are shown. Adding one is a folder, a line here and its page. */
import type { SourceDefinition } from './definition.ts';
import { dockerHub } from './dockerhub/index.ts';
import { ghcr } from './ghcr/index.ts';

export const sources: readonly SourceDefinition[] = [dockerHub, ghcr];
