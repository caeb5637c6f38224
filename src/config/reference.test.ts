import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatRepo, type Target } from '../core/model/image-ref.ts';
import { sources } from '../sources/index.ts';
import { loadConfig, type Config } from './load.ts';

const descriptors = sources.map(({ descriptor }) => descriptor);

function load(env: Readonly<Record<string, string>>): Config {
  return loadConfig({ env, descriptors, readTextFile: () => '' });
}

function text(target: Target): string {
  if (target.kind === 'image') return formatRepo(target.ref);
  const { owner, include = ['*'], exclude = [] } = target;
  return [...include.map((name) => `${owner}/${name}`), ...exclude.map((name) => `!${owner}/${name}`)].join(' ');
}

/** `registry: target …`, and problems. */
function tracked(env: Readonly<Record<string, string>>): { readonly targets: readonly string[]; readonly problems: Config['problems'] } {
  const { registries, problems } = load(env);
  const targets = Object.entries(registries).flatMap(([id, registry]) => registry.targets.map((target) => `${id} ${text(target)}`));
  return { targets, problems };
}

const references: readonly (readonly [variable: string, entry: string, target: string])[] = [
  ['DOCKERHUB_REPOS', 'docker.io/acme/app:1.2', 'dockerhub acme/app'],
  ['DOCKERHUB_REPOS', 'Index.Docker.io/acme/app', 'dockerhub acme/app'],
  ['DOCKERHUB_REPOS', 'registry-1.docker.io/acme/app', 'dockerhub acme/app'],
  ['DOCKERHUB_REPOS', 'docker.io/nginx:1.27', 'dockerhub library/nginx'],
  ['DOCKERHUB_REPOS', 'docker pull acme/app', 'dockerhub acme/app'],
  ['DOCKERHUB_REPOS', 'acme/app:1.0', 'dockerhub acme/app'],
  ['DOCKERHUB_REPOS', 'https://hub.docker.com/r/acme/app', 'dockerhub acme/app'],
  ['DOCKERHUB_REPOS', 'http://hub.docker.com/r/acme/app/tags?page=1#x', 'dockerhub acme/app'],
  ['DOCKERHUB_REPOS', 'hub.docker.com/r/acme/app/', 'dockerhub acme/app'],
  ['DOCKERHUB_REPOS', 'https://hub.docker.com/repository/docker/acme/app/general', 'dockerhub acme/app'],
  ['DOCKERHUB_REPOS', 'https://hub.docker.com/_/nginx', 'dockerhub library/nginx'],
  ['DOCKERHUB_REPOS', 'https://hub.docker.com/u/acme', 'dockerhub acme/*'],
  ['GHCR_REPOS', 'ghcr.io/acme/app', 'ghcr acme/app'],
  ['GHCR_REPOS', 'ghcr.io/acme/charts/app:1@sha256:0a1b', 'ghcr acme/charts%2Fapp'],
  ['GHCR_REPOS', 'acme/charts/app@sha256:0a', 'ghcr acme/charts%2Fapp'],
  ['GHCR_REPOS', 'oci://ghcr.io/acme/charts/app', 'ghcr acme/charts%2Fapp'],
  ['GHCR_REPOS', 'ghcr.io/acme/*', 'ghcr acme/*'],
  ['GHCR_REPOS', 'https://ghcr.io/acme/app/', 'ghcr acme/app'],
  ['GHCR_REPOS', 'https://github.com/orgs/acme/packages/container/package/app', 'ghcr acme/app'],
  ['GHCR_REPOS', 'https://github.com/users/acme/packages/container/package/charts%2Fapp', 'ghcr acme/charts%2Fapp'],
  ['GHCR_REPOS', 'https://github.com/orgs/acme/packages/container/app/versions', 'ghcr acme/app'],
  ['GHCR_REPOS', 'https://github.com/users/acme/packages/container/app/12345?tag=1.0', 'ghcr acme/app'],
  ['GHCR_REPOS', 'https://github.com/acme/source/pkgs/container/app', 'ghcr acme/app'],
  ['GHCR_REPOS', 'github.com/acme/app/pkgs/container/charts%2Fapp/1?tag=x', 'ghcr acme/charts%2Fapp'],
  ['GHCR_REPOS', 'https://github.com/orgs/acme/packages', 'ghcr acme/*'],
  ['GHCR_REPOS', 'https://github.com/acme?tab=packages', 'ghcr acme/*'],
  ['QUAY_REPOS', 'quay.io/acme/app:v1', 'quay acme/app'],
  ['QUAY_REPOS', 'https://quay.io/repository/acme/app?tab=tags', 'quay acme/app'],
  ['QUAY_REPOS', 'https://quay.io/repository/acme/charts/app', 'quay acme/charts%2Fapp'],
  ['QUAY_REPOS', 'https://quay.io/repository/acme/app/manifest/sha256:0a', 'quay acme/app'],
  ['QUAY_REPOS', 'https://quay.io/organization/acme', 'quay acme/*'],
  ['ECR_PUBLIC_REPOS', 'public.ecr.aws/acme/charts/app:1', 'ecr-public acme/charts%2Fapp'],
  ['ECR_PUBLIC_REPOS', 'https://gallery.ecr.aws/acme/app', 'ecr-public acme/app'],
  ['ECR_PUBLIC_REPOS', 'https://gallery.ecr.aws/acme/charts/app', 'ecr-public acme/charts%2Fapp'],
  ['ECR_PUBLIC_REPOS', 'https://gallery.ecr.aws/acme', 'ecr-public acme/*'],
];

describe('a copied reference', () => {
  it.each(references)('is understood in the variable of its registry: %s=%s', (variable, entry, target) => {
    expect(tracked({ [variable]: entry })).toEqual({ targets: [target], problems: [] });
  });

  it.each(references.filter(([, entry]) => /^\w+:\/\/|^[\w.-]+\.(io|com|aws)\//i.test(entry)))(
    'is understood in the list of all registries: %s, %s',
    (_, entry, target) => {
      expect(tracked({ IMAGES: entry })).toEqual({ targets: [target], problems: [] });
    },
  );

  it.each([
    ['DOCKERHUB_REPOS', 'ghcr.io/acme/app:latest', 'this image is on GitHub Container Registry, add acme/app to GHCR_REPOS'],
    ['GHCR_REPOS', 'https://hub.docker.com/_/nginx', 'this image is on Docker Hub, add library/nginx to DOCKERHUB_REPOS'],
    ['QUAY_REPOS', '!public.ecr.aws/acme/test-*', 'this image is on Amazon ECR Public, add !acme/test-* to ECR_PUBLIC_REPOS'],
    ['DOCKERHUB_REPOS', 'nginx', 'no owner, use owner/name, owner/* or library/nginx'],
    ['DOCKERHUB_REPOS', 'nginx:1.27', 'no owner, use owner/name, owner/* or library/nginx'],
    ['DOCKERHUB_REPOS', 'docker.io/', 'use owner/name or owner/*'],
    ['GHCR_REPOS', 'ghcr.io/acme', 'remove ghcr.io, use owner/name or owner/*'],
    ['GHCR_REPOS', 'https://github.com/acme/app', 'this page is not that of an image, use owner/name or owner/*'],
    ['GHCR_REPOS', 'https://example.com/acme/app', 'use owner/name or owner/*, not a URL'],
    ['GHCR_REPOS', 'gcr.io/acme/app', 'gcr.io is not a supported registry: valid are docker.io, ghcr.io, quay.io, public.ecr.aws'],
    [
      'QUAY_REPOS',
      'localhost:5000/app',
      'localhost:5000 is not a supported registry: valid are docker.io, ghcr.io, quay.io, public.ecr.aws',
    ],
    ['GHCR_REPOS', 'acme/app:', 'the tag is invalid, use acme/app'],
    ['GHCR_REPOS', 'acme/app@latest', 'the digest is invalid, use acme/app'],
    ['DOCKERHUB_REPOS', 'docker.io/acme/charts/app', 'Docker Hub has no nested names, use owner/name'],
    ['IMAGES', 'acme/app', 'no registry: write one of docker.io, ghcr.io, quay.io, public.ecr.aws in front, such as docker.io/acme/app'],
  ])('that cannot be used is a problem that says what to write: %s=%s', (variable, entry, reason) => {
    expect(tracked({ [variable]: entry })).toEqual({ targets: [], problems: [{ variable, entry, reason }] });
  });

  it('is read from any text, or refused with a reason', () => {
    const unit = fc.constantFrom(
      'a',
      '/',
      ':',
      '@',
      '*',
      '!',
      '?',
      '#',
      '.',
      '%2F',
      'ghcr.io',
      'https://',
      'hub.docker.com/r/',
      'github.com/',
    );
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 12 }), (entry) => {
        const { targets, problems } = tracked({ GHCR_REPOS: entry, IMAGES: entry });
        for (const { reason } of problems) expect(reason).not.toMatch(/undefined|\bNaN\b|Cannot/);
        for (const target of targets) expect(target).toMatch(/^\S+ [a-z0-9]\S*\/\S+$/);
      }),
    );
  });
});

describe('the lists together', () => {
  it('are one: the list of all registries beside those of each', () => {
    expect(tracked({ IMAGES: 'ghcr.io/acme/*, docker.io/acme/app, quay.io/acme/x', GHCR_REPOS: 'acme/*,other/app' })).toEqual({
      targets: ['dockerhub acme/app', 'ghcr acme/*', 'ghcr other/app', 'quay acme/x'],
      problems: [],
    });
  });

  it('may have an entry on each line, and quotes around them', () => {
    expect(tracked({ IMAGES: '\n"ghcr.io/acme/a"\n\'quay.io/acme/b\'\n' }).targets).toEqual(['ghcr acme/a', 'quay acme/b']);
    expect(tracked({ GHCR_REPOS: '"acme/a,acme/b"' }).targets).toEqual(['ghcr acme/a', 'ghcr acme/b']);
  });

  it('include and exclude images of an owner by patterns', () => {
    expect(tracked({ GHCR_REPOS: 'acme/app-*,acme/tool-*,!acme/*-test,!acme/app-old,acme/app-test' })).toEqual({
      targets: ['ghcr acme/app-* acme/tool-* !acme/*-test !acme/app-old', 'ghcr acme/app-test'],
      problems: [],
    });
    expect(tracked({ GHCR_REPOS: 'acme/app-*,acme/*', IMAGES: '!ghcr.io/acme/test-*' }).targets).toEqual(['ghcr acme/* !acme/test-*']);
  });

  it('say of an exclusion that it has no effect, or too much', () => {
    expect(tracked({ GHCR_REPOS: 'acme/app,!acme/test-*' })).toEqual({
      targets: ['ghcr acme/app'],
      problems: [{ variable: 'GHCR_REPOS', entry: '!acme/test-*', reason: 'it leaves nothing out, because acme/* is not tracked' }],
    });
    expect(tracked({ IMAGES: 'ghcr.io/acme/*,!ghcr.io/acme/*' })).toEqual({
      targets: ['ghcr acme/*'],
      problems: [{ variable: 'IMAGES', entry: '!ghcr.io/acme/*', reason: 'it leaves out all images of acme, remove acme/* instead' }],
    });
  });
});
