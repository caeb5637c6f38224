/** References as people copy them: what they pull, or the address of a web page. */
import { AppError } from '../core/model/errors.ts';
import { isTagName } from '../core/model/image-ref.ts';
import type { RegistryDescriptor } from '../core/model/registry.ts';

export interface Reference {
  /** Absent where the text names no registry. */
  readonly registry?: RegistryDescriptor | undefined;
  /** `owner/name`, `owner/*` or a pattern, without tag and digest; still to be checked. */
  readonly name: string;
}

const anyName = 'owner/name or owner/*';

/**
 * Reads `owner/name`, `ghcr.io/owner/name:tag`, `https://hub.docker.com/r/owner/name` and the like.
 * @throws AppError invalid_input with what to write instead
 */
export function parseReference(entry: string, descriptors: readonly RegistryDescriptor[]): Reference {
  const pulled = entry.replace(/^(?:docker|podman|nerdctl) pull\s+/i, '');
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(pulled)?.[0] ?? '';
  const address = pulled.slice(scheme.length);
  for (const registry of descriptors) {
    const name = nameOnPage(registry, address);
    if (name !== undefined) return { registry, name };
  }
  const [host = '', ...rest] = address.split('/');
  const path = rest.join('/');
  const registry = descriptors.find(({ host: own, otherHosts = [] }) => [own, ...otherHosts].includes(host.toLowerCase()));
  if (registry) return { registry, name: pulledName(registry, path) };
  if (descriptors.some((each) => pageHosts(each).includes(host.toLowerCase()))) {
    throw invalid(`this page is not that of an image, use ${anyName}`);
  }
  if (scheme !== '') throw invalid(`use ${anyName}, not a URL`);
  // A name has no port, and an owner with a dot in its name has no nested images.
  if (path !== '' && (/:\d+$/.test(host) || (host.includes('.') && path.includes('/')))) {
    throw invalid(`${host} is not a supported registry: valid are ${descriptors.map((each) => each.host).join(', ')}`);
  }
  return { name: withoutTag(address) };
}

/** The name of an image that is pulled from this registry's host. */
function pulledName({ host, bareOwner }: RegistryDescriptor, path: string): string {
  const name = withoutTag(path.replace(/[?#].*$/, '').replace(/\/+$/, ''));
  if (name.includes('/')) return name;
  if (bareOwner === undefined || name === '' || name.includes('*')) throw invalid(`remove ${host}, use ${anyName}`);
  return `${bareOwner}/${name}`;
}

/** Undefined where it is none of the registry's pages. */
function nameOnPage({ pages = [], bareOwner }: RegistryDescriptor, address: string): string | undefined {
  const [path = '', query = ''] = address.split(/[?#]/, 2);
  for (const page of pages) {
    const [template = '', wantedQuery] = page.split('?', 2);
    if (wantedQuery !== undefined && !query.split('&').includes(wantedQuery)) continue;
    const groups = pagePattern(template).exec(path)?.groups;
    const { owner = bareOwner, name = '*' } = groups ?? {};
    if (groups && owner !== undefined) return `${owner}/${name}`;
  }
  return undefined;
}

function pagePattern(template: string): RegExp {
  const literal = template.replaceAll(/[.*+?^$()|[\]\\]/g, String.raw`\$&`);
  const pattern = literal
    .replace('{owner}', '(?<owner>[^/]+)')
    .replace(String.raw`{name\*}`, '(?<name>[^/].*?)')
    .replace('{name}', '(?<name>[^/]+)')
    .replace('{repository}', '[^/]+');
  const end = template.endsWith('{name}') ? '(?:/.*)?' : template.endsWith('/') ? '.*' : '/*';
  return new RegExp(`^${pattern}${end}$`, 'i');
}

function pageHosts({ pages = [] }: RegistryDescriptor): readonly string[] {
  return pages.map((page) => page.slice(0, page.indexOf('/')));
}

/** @throws AppError invalid_input */
function withoutTag(text: string): string {
  const [, name = '', tag, digest] = /^([^:@]*)(?::([^@]*))?(?:@(.*))?$/s.exec(text) ?? [undefined, text];
  const isValid = (tag === undefined || isTagName(tag)) && (digest === undefined || /^[a-z0-9+._-]+:[0-9a-z=_-]+$/i.test(digest));
  if (isValid && name !== '') return name;
  throw invalid(name === '' ? `use ${anyName}` : `the ${tag === undefined || isTagName(tag) ? 'digest' : 'tag'} is invalid, use ${name}`);
}

function invalid(reason: string): AppError {
  return new AppError('invalid_input', reason);
}
