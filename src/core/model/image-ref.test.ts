import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from './errors.ts';
import { canonicalRepo, formatRepo, isRepo, isTagName, isTracked, parseRepo, parseTarget } from './image-ref.ts';

const noSlash = 'it has no slash, write owner/name or owner/*';
const emptyOwner = 'the owner is empty';
const emptyName = 'the name is empty';
const charactersOf = (what: string): string =>
  `the ${what} has characters other than letters, digits, ".", "_" and "-", or does not start with a letter or digit`;
const badOwner = charactersOf('owner');
const badName = charactersOf('name');

const anySegment = fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,20}$/);
const anyText = fc.string({ unit: fc.nat(0xff_ff).map((unit) => String.fromCodePoint(unit)) });
const anyRef = fc.record({
  owner: anySegment,
  name: fc.array(anySegment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/')),
});

function errorOf(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}

describe('the name of an image', () => {
  it.each([
    ['acme/app', 'acme', 'app'],
    ['Acme/APP', 'acme', 'app'],
    ['library/nginx', 'library', 'nginx'],
    ['0wner/7-zip_x.y', '0wner', '7-zip_x.y'],
    ['acme/charts/app', 'acme', 'charts/app'],
    ['acme/charts%2Fapp', 'acme', 'charts/app'],
    ['acme/charts%2fapp', 'acme', 'charts/app'],
    ['acme/a%2fB/c%2Fd', 'acme', 'a/b/c/d'],
    ['acme/a__b-c--d.e', 'acme', 'a__b-c--d.e'],
    ['octo-cat_company/app', 'octo-cat_company', 'app'],
    ['redhat-user-workloads/ocp-art-tenant/art-fbc', 'redhat-user-workloads', 'ocp-art-tenant/art-fbc'],
    ['z0a4o5h6/eks-distro/kubernetes/pause', 'z0a4o5h6', 'eks-distro/kubernetes/pause'],
    ['a1/b', 'a1', 'b'],
  ])('%s is read in any letter case and with any kind of inner slash', (text, owner, name) => {
    expect(parseRepo(text)).toEqual({ owner, name });
  });

  it('is written in two segments, inner slashes as %2F', () => {
    expect(formatRepo({ owner: 'acme', name: 'app' })).toBe('acme/app');
    expect(formatRepo({ owner: 'acme', name: 'charts/sub/app' })).toBe('acme/charts%2Fsub%2Fapp');
  });

  it.each([
    ['', noSlash],
    ['acme', noSlash],
    ['acme%2Fapp', noSlash],
    ['/app', emptyOwner],
    ['/', emptyOwner],
    ['acme/', emptyName],
    ['acme//app', emptyName],
    ['acme/app/', emptyName],
    ['acme/%2F', emptyName],
    ['acme/a%2F%2Fb', emptyName],
    ['acme/*', badName],
    ['*/app', badOwner],
    ['acme%2Fx/app', badOwner],
    ['../app', badOwner],
    ['./app', badOwner],
    ['acme/..', badName],
    ['acme/../../etc/passwd', badName],
    ['acme/x/..', badName],
    ['acme/..%2F..%2Fetc', badName],
    ['acme/%2e%2e', badName],
    ['acme/%252F', badName],
    ['acme/%2%2ff', badName],
    ['acme/.hidden', badName],
    ['acme/-flag', badName],
    ['_/nginx', badOwner],
    ['\\acme/app', badOwner],
    ['acme\\app/x', badOwner],
    ['acme/app:latest', badName],
    ['acme/app@sha256', badName],
    ['acme/app?tag=1', badName],
    ['acme/app#x', badName],
    ['ghcr.io:443/app', badOwner],
    ['acme/a b', badName],
    [' acme/app', badOwner],
    ['acme/app ', badName],
    ['acme/app\n', badName],
    ['acme\n/app', badOwner],
    ['acme/app\0', badName],
    ['acme/app\r\nHost: x', badName],
    ['acme/\u001bapp', badName],
    ['acme/app\u2028', badName],
    ['acme/äpp', badName],
    ['аcme/app', badOwner],
  ])('%j is refused with the reason', (text, reason) => {
    const error = errorOf(() => parseRepo(text));

    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code: 'invalid_input', message: reason });
    expect(isRepo(text)).toBe(false);
  });

  it('has segments of at most 255 characters', () => {
    const longest = 'a'.repeat(255);

    expect(parseRepo(`${longest}/${longest}`)).toEqual({ owner: longest, name: longest });
    expect(errorOf(() => parseRepo(`${longest}a/app`))).toMatchObject({ message: 'the owner is longer than 255 characters' });
    expect(errorOf(() => parseRepo(`acme/${longest}a`))).toMatchObject({ message: 'the name is longer than 255 characters' });
  });

  it('is at most 255 characters long behind the owner, nested or not', () => {
    const longest = `${'a'.repeat(127)}/${'b'.repeat(127)}`;

    expect(parseRepo(`acme/${longest}`).name).toBe(longest);
    expect(errorOf(() => parseRepo(`acme/${longest}b`))).toMatchObject({
      code: 'invalid_input',
      message: 'the name is longer than 255 characters',
    });
  });
});

describe('the name of a tag', () => {
  it.each(['latest', 'V1.2.3-rc.1', '_private', '__', '1', 'sha256-0a.sig', 'a'.repeat(128)])('may be %s', (name) => {
    expect(isTagName(name)).toBe(true);
  });

  it.each(['', '.hidden', '-flag', 'a b', 'a/b', 'a:b', 'a+b', 'tag\n', '\u001b[31m', 'é', 'a'.repeat(129)])('is not %j', (name) => {
    expect(isTagName(name)).toBe(false);
  });
});

const noOwner = 'the * is where the owner should be, write owner/* or owner/name';
const badPattern = 'the name has characters other than letters, digits, ".", "_", "-" and "*"';

describe('a configuration entry', () => {
  it('asks for one image', () => {
    expect(parseTarget('Acme/Charts%2fApp')).toEqual({ kind: 'image', ref: { owner: 'acme', name: 'charts/app' } });
  });

  it('asks for every image of an owner', () => {
    expect(parseTarget('Acme/*')).toEqual({ kind: 'owner', owner: 'acme' });
  });

  it('asks for some images of an owner, by a pattern of their names', () => {
    expect(parseTarget('Acme/App-*')).toEqual({ kind: 'owner', owner: 'acme', include: ['app-*'] });
    expect(parseTarget('acme/charts%2F*')).toEqual({ kind: 'owner', owner: 'acme', include: ['charts/*'] });
    expect(parseTarget('acme/**')).toEqual({ kind: 'owner', owner: 'acme' });
  });

  it('tracks of an owner what its patterns include and do not exclude', () => {
    const targets = [{ kind: 'owner', owner: 'acme', include: ['app-*', 'charts/*'], exclude: ['*-test'] } as const];
    const tracked = (owner: string, name: string): boolean => isTracked(targets, { owner, name });

    expect([tracked('acme', 'app-1'), tracked('acme', 'charts/db'), tracked('other', 'x')]).toEqual([true, true, true]);
    expect([tracked('acme', 'app'), tracked('acme', 'app-test'), tracked('acme', 'charts/db-test')]).toEqual([false, false, false]);
    expect(isTracked([{ kind: 'owner', owner: 'acme' }], { owner: 'acme', name: 'app' })).toBe(true);
  });

  it.each([
    ['\\owner1/*', 'it starts with a stray backslash, remove it'],
    ['\\acme/app', 'it starts with a stray backslash, remove it'],
    ['acme', noSlash],
    ['*', noOwner],
    ['/*', emptyOwner],
    ['*/*', noOwner],
    ['*/app', noOwner],
    ['../*', badOwner],
    ['acme/../*', badPattern],
    ['acme/*:x', badPattern],
    ['acme/', emptyName],
  ])('%j is refused with the reason', (text, reason) => {
    const error = errorOf(() => parseTarget(text));

    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code: 'invalid_input', message: reason });
  });
});

describe('the canonical form', () => {
  it.each([
    ['Acme/App', 'acme/app'],
    ['acme/charts/App', 'acme/charts%2Fapp'],
    ['acme/charts%2fapp', 'acme/charts%2Fapp'],
    ['acme/charts%2Fapp', 'acme/charts%2Fapp'],
  ])('of %s is %s', (text, expected) => {
    expect(canonicalRepo(text)).toBe(expected);
  });

  it.each([
    ['NoSlash', 'noslash'],
    ['Acme/Not A Name', 'acme/not a name'],
    ['', ''],
  ])('of %j, which is no name, is the text in lower case', (text, expected) => {
    expect(canonicalRepo(text)).toBe(expected);
  });
});

describe('every name', () => {
  it('is the same after it was written and read again', () => {
    fc.assert(
      fc.property(anyRef, (ref) => {
        expect(parseRepo(formatRepo(ref))).toEqual(ref);
        expect(parseRepo(`${ref.owner}/${ref.name}`.toUpperCase())).toEqual(ref);
        expect(parseTarget(formatRepo(ref))).toEqual({ kind: 'image', ref });
      }),
    );
  });

  it('has two segments that are safe in a URL and in a file name', () => {
    fc.assert(
      fc.property(anyRef, (ref) => {
        const segments = formatRepo(ref).split('/');
        expect(segments).toHaveLength(2);
        for (const segment of segments) expect(segment).toMatch(/^[a-z0-9](?:[a-z0-9._-]|%2F)*$/);
      }),
    );
  });

  it('has a canonical form that is its own canonical form', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          anyRef.map(formatRepo),
          anyRef.map(({ owner, name }) => `${owner}/${name}`),
        ),
        (text) => {
          expect(canonicalRepo(canonicalRepo(text))).toBe(canonicalRepo(text));
        },
      ),
    );
  });

  it('is read from any text, or the text is refused with an AppError', () => {
    const almost = fc.string({ unit: fc.constantFrom('a', 'Z', '9', '/', '.', '-', '_', '%', '2', 'F', 'f', '*', '\\', ' ', '\0', 'é') });
    fc.assert(
      fc.property(fc.oneof(anyText, almost), (text) => {
        const ref = errorOf(() => parseRepo(text));
        const target = errorOf(() => parseTarget(text));
        expect(isRepo(text)).toBe(!(ref instanceof Error));
        for (const thrown of [ref, target].filter((result) => result instanceof Error)) {
          expect(thrown).toMatchObject({ name: 'AppError', code: 'invalid_input' });
        }
      }),
      { numRuns: 500 },
    );
  });
});
