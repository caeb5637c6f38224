/** What a registry is, and its part of the configuration. */
import type { Target } from './image-ref.ts';

/** What the numbers of a registry count, so that nobody takes one kind for another. */
export interface Counting {
  /** In the plural, e.g. `pulls`. */
  readonly unit: string;
  /** Whether the registry has a total over all time. Otherwise it is the sum of the days since the first that is known here. */
  readonly lifetime: boolean;
  /** One sentence or two for people. */
  readonly note: string;
}

/** What a registry is and which environment variables it has; the configuration is built from these. */
export interface RegistryDescriptor {
  /** As the API prints it, e.g. `dockerhub`. */
  readonly id: string;
  /** For people, e.g. `Docker Hub`. */
  readonly title: string;
  readonly counts: Counting;
  /** Prefix of `…_REPOS` and `…_DELAY_MS`. */
  readonly variablePrefix: string;
  /** The host in the image's reference, e.g. `ghcr.io`. */
  readonly host: string;
  /** Further hosts under which images of this registry are named, e.g. `index.docker.io`. */
  readonly otherHosts?: readonly string[];
  /**
   * Web pages of images and owners as people copy them, without `https://`, for example `hub.docker.com/r/{owner}/{name}`; the first that
   * matches counts. `{name}` is one segment, and what follows it is ignored; `{name*}` is the rest. A page without either stands for every
   * image of the owner.
   */
  readonly pages?: readonly string[];
  /** The web page of an image. `{name}` has slashes in a nested name, `{package}` has them escaped. */
  readonly page?: string;
  /** The owner of the images that are pulled by a name without a slash, e.g. `library`. */
  readonly bareOwner?: string;
  /** Whether a name may hold further slashes. */
  readonly nestedNames: boolean;
  /** An example for the documentation, e.g. `acme/app,acme/*`. */
  readonly example: string;
  readonly urls: readonly { readonly variable: string; readonly default: string; readonly what: string }[];
  /** Minimum delay between two requests, and a note on the registry's rate limit. */
  readonly delay: { readonly defaultMs: number; readonly note: string };
  /** Environment variables of an optional login. */
  readonly login?: { readonly usernameVariable: string; readonly tokenVariable: string; readonly what: string };
}

/** A registry's part of the configuration. */
export interface RegistrySettings {
  readonly targets: readonly Target[];
  /** Base URL by variable name, without a trailing slash. */
  readonly urls: Readonly<Record<string, string>>;
  readonly delayMs: number;
  readonly login?: { readonly username: string; readonly token: string } | undefined;
}
