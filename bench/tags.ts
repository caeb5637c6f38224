/** Much of everything: images with a thousand tags of three platforms each, collected twice inside a memory limit. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environmentOf } from '../test/support/environment.ts';
import { imageStart, runProgram, startService } from '../test/support/program.ts';
import { startSimulator, type Simulator } from '../src/demo/simulator/index.ts';
import { emptyWorld, hubRepo, hubTag, type HubTag, type World } from '../src/demo/simulator/world.ts';
import { once } from './load.ts';
import { createMemoryLimit, type MemoryLimit } from './memory.ts';
import { machine, ms, size, table } from './report.ts';

const quick = process.argv.includes('--quick');
const images = quick ? 20 : 200;
const tagsOfEach = 1_000;
const limitBytes = 128 * 1024 ** 2;

/** A thousand tags, which all images share: the program does not see that, and the simulator need not hold them 200 times. */
function manyTags(): HubTag[] {
  return Array.from({ length: tagsOfEach }, (_, at) =>
    hubTag({ name: `v1.${at}.0`, lastPushed: new Date(Date.UTC(2026, 0, 1) + at * 60_000).toISOString() }),
  );
}

function manyImages(): World {
  const tags = manyTags();
  return {
    ...emptyWorld(),
    dockerHub: [
      { name: 'acme', repos: Array.from({ length: images }, (_, at) => hubRepo({ name: `image-${at}`, pulls: 1_000 + at, tags })) },
    ],
  };
}

interface Measured {
  readonly title: string;
  readonly result: string;
  readonly tookMs: number;
  readonly peakBytes: number;
}

async function withLimit(title: string, work: (limit: MemoryLimit | undefined) => Promise<string>): Promise<Measured> {
  const limit = await createMemoryLimit(limitBytes);
  const begun = performance.now();
  const result = await work(limit).catch((error: unknown) => `failed: ${String(error)}`);
  const measured = { title, result, tookMs: performance.now() - begun, peakBytes: (await limit?.peakBytes()) ?? 0 };
  await limit?.remove();
  return measured;
}

/** One run of its own, as `collect` does it. */
async function collect(simulator: Simulator, directory: string, limit: MemoryLimit | undefined): Promise<string> {
  const { nodeOptions, env } = await imageStart();
  const prefix = limit ? { shellPrefix: limit.shellPrefix } : {};
  const settings = environmentOf(simulator, directory, { DOCKERHUB_REPOS: 'acme/*' });
  const program = runProgram(['collect'], { env: { ...env, ...settings }, nodeOptions, ...prefix });
  const code = await program.exited;
  const [, read = '0'] = /^dockerhub: (\d+) read/m.exec(program.output()) ?? [];
  return code === 0 ? `${read} totals stored` : `ended with ${code ?? 'a signal'}`;
}

/** What the API says of tags and totals, from a service that has just started. */
async function serve(simulator: Simulator, directory: string, limit: MemoryLimit | undefined): Promise<string> {
  const { nodeOptions, env } = await imageStart();
  const prefix = limit ? { shellPrefix: limit.shellPrefix } : {};
  const settings = environmentOf(simulator, directory, { DOCKERHUB_REPOS: 'acme/*', POLL_INTERVAL_HOURS: '0' });
  const service = await startService({ ...env, ...settings }, { nodeOptions, ...prefix });
  const answers: string[] = [];
  for (const path of ['/api/tags', '/api/tags?repo=acme/image-7', '/images/acme/image-7', '/api/snapshot', '/api/summary']) {
    const { bytes, ms: tookMs } = await once(service.url + path);
    answers.push(`${path} ${size(bytes)} in ${ms(tookMs)}`);
  }
  await service.logged(/run done/);
  await service.stop();
  return answers.join('; ');
}

export async function benchTags(): Promise<void> {
  execFileSync(process.execPath, [...process.execArgv, 'scripts/build.ts']);
  const directory = await mkdtemp(join(tmpdir(), 'registry-stats-bench-'));
  const simulator = await startSimulator({ world: manyImages() });
  try {
    const measured = [
      await withLimit('first run', (limit) => collect(simulator, directory, limit)),
      await withLimit('second run, nothing moved', (limit) => collect(simulator, directory, limit)),
      await withLimit('service: a run, and requests meanwhile', (limit) => serve(simulator, directory, limit)),
    ];
    const files = (await readdir(join(directory, 'data'))).filter((name) => /^\d.*\.json$/.test(name));
    const bytes = await Promise.all(files.map(async (name) => (await stat(join(directory, 'data', name))).size));
    const rows = measured.map(({ title, result, tookMs, peakBytes }) => [
      title,
      result,
      ms(tookMs),
      peakBytes === 0 ? 'no memory cgroup can be made' : size(peakBytes),
    ]);
    const text = `<!-- Written by npm run bench -- tags; do not edit. -->
${machine(new Date())} Files of days: ${bytes.map(size).join(', ')}.

${table(`Tags: ${images} images × ${tagsOfEach} tags × 3 platforms, inside ${size(limitBytes)}`, ['Part', 'Result', 'Took', 'Peak, caches included'], rows)}`;
    process.stdout.write(text);
    if (!quick) await writeFile('bench/TAGS.md', text);
  } finally {
    await simulator.close();
    await rm(directory, { recursive: true, force: true });
  }
}
