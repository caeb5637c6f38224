/** Simulates the pages of github.com that tell of container packages: which URL has them, which redirects, and which is not there. */
import { notFoundPage, ownerPath, packagePage, profilePage, type PageContext } from './github-pages.ts';
import { packageListPage, versionListPage } from './github-lists.ts';
import { signInPage, type GithubQuirks } from './github-quirks.ts';
import { html, positive, redirect, type Asked, type Now, type Registry, type Reply } from './reply.ts';
import { createSeededRandom } from './seeded-random.ts';
import { findGhcrOwner, findPackage, type GhcrOwner, type GhcrPackage, type World } from './world.ts';

export interface GithubDeps {
  readonly world: World;
  readonly clock: Now;
  /** Decides how classes are spelled; the spelling changes from request to request. */
  readonly seed: number;
  readonly quirks?: GithubQuirks | undefined;
}

export function createGithub(deps: GithubDeps): Registry {
  const { quirks = {} } = deps;
  const { organizationList, account, packageOfOwner, packageOfRepository, versions } = createPages(deps);

  return (asked) => {
    if (quirks.refusal) return quirks.refusal;
    if (asked.segments.join('/') === 'login') return html(200, signInPage());
    if (quirks.signIn === 'in place') return html(200, signInPage());
    if (quirks.signIn === 'redirect') return redirect(`/login?return_to=${encodeURIComponent(asked.origin + asked.pathname)}`);
    return page(asked);
  };

  function page(asked: Asked): Reply | undefined {
    if (asked.method !== 'GET' && asked.method !== 'HEAD') return undefined;
    const [first = '', second = '', third, fourth, fifth, ...rest] = asked.segments;
    if (first === 'orgs' || first === 'users') {
      if (third !== 'packages' || second === '') return undefined;
      if (fourth === undefined) return first === 'orgs' ? organizationList(asked, second) : undefined;
      if (fourth !== 'container' || fifth === undefined || rest.length !== 1) return undefined;
      const [last = ''] = rest;
      if (fifth === 'package') return packageOfOwner(first, second, last);
      return last === 'versions' ? versions(asked, second, fifth) : undefined;
    }
    if (asked.segments.length === 1 && first !== '') return account(asked, first);
    if (third === 'pkgs' && fourth === 'container' && fifth !== undefined) return packageOfRepository(asked, [first, second, fifth], rest);
    return undefined;
  }
}

function createPages({ world, clock, seed, quirks = {} }: GithubDeps) {
  const random = createSeededRandom(seed);
  const cache = createPageCache({ clock, quirks });

  function contextOf(owner: GhcrOwner): PageContext {
    return { owner, nowMs: clock.now(), spell: (className) => (random() < 0.5 ? className : `tmp-${className}`) };
  }

  /** Not there for an account of a user, and no redirect either. */
  function organizationList({ query }: Asked, login: string): Reply {
    const owner = findGhcrOwner(world, login);
    if (owner?.kind !== 'organization') return html(404, notFoundPage());
    return list(owner, query, `/orgs/${owner.login}/packages?${ecosystemOf(query)}`);
  }

  /** An account's page; its tab with packages exists for users only, and an organization forgets that it was asked for. */
  function account({ query }: Asked, login: string): Reply {
    const owner = findGhcrOwner(world, login);
    if (!owner) return html(404, notFoundPage());
    if (query.get('tab') !== 'packages') return html(200, profilePage(owner.login));
    if (owner.kind === 'organization') return redirect(`/${owner.login}`);
    return list(owner, query, `/${owner.login}?tab=packages&${ecosystemOf(query)}`);
  }

  function list(owner: GhcrOwner, query: URLSearchParams, path: string): Reply {
    if (quirks.hidesLists) return html(404, notFoundPage());
    const ecosystem = query.get('ecosystem') ?? 'all';
    const isShown = ecosystem === 'container' || ecosystem === 'all';
    const packages = owner.packages.filter((one) => isShown && !one.private && !quirks.unlisted?.includes(one.name));
    return html(200, packageListPage(contextOf(owner), packages, { number: positive(query.get('page'), 1), path, quirks }));
  }

  /** The address that works for every package: it leads on to where the package really is. */
  function packageOfOwner(form: 'orgs' | 'users', login: string, name: string): Reply {
    const owner = findGhcrOwner(world, login);
    const found = findPackage(world, login, name);
    if (!owner || !found || (form === 'orgs' && owner.kind === 'user')) return html(404, notFoundPage());
    const segment = encodeURIComponent(found.name);
    if (found.repo !== undefined) return redirect(`/${owner.login}/${found.repo}/pkgs/container/${segment}`);
    if (form === 'users' && owner.kind === 'organization') return redirect(`${ownerPath(owner)}/packages/container/package/${segment}`);
    return packageReply(owner, found);
  }

  function packageReply(owner: GhcrOwner, found: GhcrPackage): Reply {
    return cache(`${owner.login}/${found.name}`, () => html(200, packagePage(contextOf(owner), found)));
  }

  function packageOfRepository(
    asked: Asked,
    [login, repo, name]: readonly [string, string, string],
    rest: readonly string[],
  ): Reply | undefined {
    if (rest.length > 1 || (rest.length === 1 && rest[0] !== 'versions')) return undefined;
    const owner = findGhcrOwner(world, login);
    const found = findPackage(world, login, name);
    if (!owner || found?.repo?.toLowerCase() !== repo.toLowerCase()) return html(404, notFoundPage());
    return rest.length === 1 ? versions(asked, login, name) : packageReply(owner, found);
  }

  function versions({ query }: Asked, login: string, name: string): Reply {
    const owner = findGhcrOwner(world, login);
    const found = findPackage(world, login, name);
    if (!owner || !found) return html(404, notFoundPage());
    const filter = query.get('filters[version_type]') === 'untagged' ? 'untagged' : 'tagged';
    return html(200, versionListPage(contextOf(owner), found, filter, positive(query.get('page'), 1)));
  }

  return { organizationList, account, packageOfOwner, packageOfRepository, versions };
}

/** Late where pages are cached: total and days are then those of the moment when the page was made. */
function createPageCache({ clock, quirks }: { readonly clock: Now; readonly quirks: GithubQuirks }) {
  const cached = new Map<string, { readonly reply: Reply; readonly madeAt: number }>();
  return (key: string, make: () => Reply): Reply => {
    const before = cached.get(key);
    if (before && clock.now() - before.madeAt < (quirks.cachedForMs ?? 0)) return before.reply;
    const reply = make();
    cached.set(key, { reply, madeAt: clock.now() });
    return reply;
  };
}

function ecosystemOf(query: URLSearchParams): string {
  return `ecosystem=${encodeURIComponent(query.get('ecosystem') ?? 'all')}`;
}
