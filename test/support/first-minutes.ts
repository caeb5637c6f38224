/** The first five minutes with the program, however it was had: what terminal, pages and API say at the usual steps and missteps. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, type TestContext } from 'vitest';
import { z } from 'zod';
import { startSimulator, type Simulator } from '../../src/demo/simulator/index.ts';
import { getJson } from './program.ts';
import { smallWorld } from './small-world.ts';

/** The service in a terminal. */
export interface InTerminal {
  /** Resolves to the first match in what it printed. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  /** Everything that it printed. */
  text(): string;
  stop(): Promise<unknown>;
}

type Environment = Readonly<Record<string, string>>;

export type StartHere = (env: Environment, context: TestContext) => Promise<InTerminal>;

const status = z.object({
  healthy: z.boolean(),
  configured: z.boolean(),
  how_to_configure: z.string().optional(),
  configuration_problems: z.array(z.object({ variable: z.string(), entry: z.string(), reason: z.string() })),
  registries: z.array(
    z.object({
      registry: z.string(),
      state: z.string(),
      images_ok: z.number(),
      listings: z.array(z.object({ owner: z.string(), complete: z.boolean(), shortfall: z.object({ message: z.string() }).optional() })),
    }),
  ),
});

interface Told {
  readonly terminal: string;
  /** The overview and the page of the status, without their markup. */
  readonly pages: string;
  readonly status: z.infer<typeof status>;
}

interface Step {
  readonly name: string;
  readonly env: Environment;
  readonly check: (told: Told) => void;
}

const steps: readonly Step[] = [
  {
    name: 'say what to set when nothing is configured',
    env: {},
    check(told) {
      expect(told.status).toMatchObject({ configured: false, healthy: false, configuration_problems: [] });
      for (const text of [told.terminal, told.pages, told.status.how_to_configure]) {
        expect(text).toContain('DOCKERHUB_REPOS=');
        expect(text).toContain('GHCR_REPOS=');
      }
    },
  },
  {
    name: 'name the right variable and the right form for a typo',
    env: { GHCR_REPO: 'acme/*', DOCKERHUB_REPOS: 'acme' },
    check(told) {
      expect(told.status.configuration_problems).toHaveLength(2);
      expect(told.status.configuration_problems).toEqual(
        expect.arrayContaining([
          { variable: 'GHCR_REPO', entry: '', reason: expect.stringContaining('GHCR_REPOS') },
          { variable: 'DOCKERHUB_REPOS', entry: 'acme', reason: expect.stringContaining('owner/name') },
        ]),
      );
      for (const { variable, reason } of told.status.configuration_problems) expectBoth(told, [variable, reason]);
    },
  },
  {
    name: 'name an owner that does not exist, and never take its absence for a total',
    env: { GHCR_REPOS: 'nobody/*', DOCKERHUB_REPOS: 'nobody/*' },
    check(told) {
      expect(told.status).toMatchObject({ configured: true, healthy: false });
      for (const registry of ['dockerhub', 'ghcr']) {
        const { listings = [], images_ok: ok } = told.status.registries.find((each) => each.registry === registry) ?? {};
        expect(ok).toBe(0);
        expect(listings).toEqual([{ owner: 'nobody', complete: false, shortfall: { message: expect.any(String) } }]);
        expectBoth(told, [listings[0]?.shortfall?.message ?? 'no message']);
      }
    },
  },
  {
    name: 'show the images of an owner that exists, and complain of nothing',
    env: { GHCR_REPOS: 'acme/*', DOCKERHUB_REPOS: 'acme/*' },
    check(told) {
      expect(told.status).toMatchObject({ configured: true, healthy: true, configuration_problems: [] });
      const states = told.status.registries.flatMap(({ registry, state, images_ok: ok }) => (ok > 0 ? [[registry, state, ok]] : []));
      expect(states).toEqual([
        ['dockerhub', 'ok', 2],
        ['ghcr', 'ok', 2],
      ]);
      expect(told.pages).toContain('acme/app');
      expect(told.terminal).not.toMatch(/"level":"(warn|error)"/);
    },
  },
];

function expectBoth({ terminal, pages }: Told, texts: readonly string[]): void {
  for (const text of texts) {
    expect(terminal).toContain(text);
    expect(pages).toContain(text);
  }
}

/** `needsFolder`: false where the place that it is started in has one of its own. */
export function describeFirstMinutes(name: string, start: StartHere, { needsFolder = true } = {}): void {
  describe(`the first minutes with ${name}`, () => {
    let simulator: Simulator;
    let folder = '';

    beforeEach(async () => {
      simulator = await startSimulator({ world: smallWorld() });
      folder = await mkdtemp(join(tmpdir(), 'registry-stats-first-'));
    });

    afterEach(async () => {
      await simulator.close();
      await rm(folder, { recursive: true, force: true });
    });

    it.for(steps.map((step) => [step.name, step] as const))('%s', async ([, { env, check }], context) => {
      const own = needsFolder ? { DATA_DIR: join(folder, 'data'), HEALTH_FILE: join(folder, '.healthy') } : {};
      const service = await start({ ...environmentOf(simulator), ...own, ...env }, context);
      try {
        const told = await listen(service);
        expect(told.terminal).toContain('service started');
        check(told);
      } finally {
        await service.stop();
      }
    });
  });
}

function environmentOf({ dockerHubUrl, githubUrl, ghcrUrl }: Simulator): Environment {
  const urls = { DOCKERHUB_URL: dockerHubUrl, GITHUB_URL: githubUrl, GHCR_URL: ghcrUrl };
  return { ...urls, LISTEN_ADDR: '127.0.0.1:0', DOCKERHUB_DELAY_MS: '0', GHCR_DELAY_MS: '0' };
}

/** What is said once the first run is over. */
async function listen(service: InTerminal): Promise<Told> {
  const [, url] = await service.printed(/service started.*"url":"([^"]+)"/);
  await service.printed(/run done/);
  const pages = await Promise.all(['/', '/status'].map(async (path) => textOf(await (await fetch(`${url}${path}`)).text())));
  return { terminal: service.text(), pages: pages.join('\n'), status: status.parse((await getJson(`${url}/api/status`)).body) };
}

function textOf(html: string): string {
  const entities: Readonly<Record<string, string>> = { '&#39;': "'", '&quot;': '"', '&lt;': '<', '&gt;': '>', '&amp;': '&' };
  return html
    .replaceAll(/<(script|style|svg)\b[^]*?<\/\1>/g, ' ')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/&(?:#39|quot|lt|gt|amp);/g, (entity) => entities[entity] ?? entity)
    .replaceAll(/\s+/g, ' ');
}
