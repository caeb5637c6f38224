/** The registries, in the order in which they are shown. Adding one is a folder, a line here and its page. */
import type { SourceDefinition } from './definition.ts';
import { dockerHub } from './dockerhub/index.ts';
import { ecrPublic } from './ecr-public/index.ts';
import { ghcr } from './ghcr/index.ts';
import { quay } from './quay/index.ts';

export const sources: readonly SourceDefinition[] = [dockerHub, ghcr, quay, ecrPublic];
