/** What a registry's folder exports: what it is, and how to make its source. */
import type { Clock, Source } from '../core/ports.ts';
import type { RegistryDescriptor, RegistrySettings } from '../core/model/registry.ts';
import type { CreateHttpClient } from '../net/http.ts';

export interface SourceDeps {
  readonly createHttpClient: CreateHttpClient;
  readonly clock: Clock;
}

export interface SourceDefinition {
  readonly descriptor: RegistryDescriptor;
  readonly create: (settings: RegistrySettings, deps: SourceDeps) => Source;
}
