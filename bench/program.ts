/** Measures the built program and writes RESULTS.md; see README.md. */
import { execFileSync } from 'node:child_process';
import { once as event } from 'node:events';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { burstTable } from './bursts.ts';
import { crowdRow } from './crowd.ts';
import { dayAgo, name, writeFolder, type FolderSize } from './folder.ts';
import { measure, once, type LoadResult } from './load.ts';
import { createMemoryLimit, dropPageCache } from './memory.ts';
import { createNaiveServer } from './naive.ts';
import { measurePage } from './pages.ts';
import { startRawServer } from './raw.ts';
import { probeRows, probeRuns } from './probe.ts';
import { machine, ms, percent, ratio, size, table } from './report.ts';
import { startMeasured } from './service.ts';

const quick = process.argv.includes('--quick');
const year: FolderSize = quick ? { images: 10, days: 60, tags: 5, ghcr: true } : { images: 100, days: 365, tags: 20, ghcr: true };
const decade: FolderSize = quick ? { images: 5, days: 300, tags: 5, ghcr: false } : { images: 50, days: 3_650, tags: 20, ghcr: false };
const connections = 8;

/** 200 images, each in one registry. */
const wide: FolderSize = quick ? { images: 20, days: 60, tags: 2, ghcr: false } : { images: 200, days: 365, tags: 2, ghcr: false };

const asked = [
  ['/api/pulls, all', '/api/pulls'],
  ['/api/pulls, all, as gzip', '/api/pulls', 'gzip'],
  ['/api/pulls, one image', `/api/pulls?repo=${name(3)}`],
  ['/api/pulls, one month', `/api/pulls?from=${dayAgo(40)}&to=${dayAgo(10)}`],
  ['/api/pulls/daily', '/api/pulls/daily'],
  ['/api/summary', '/api/summary'],
] as const;

/** A typical folder, for what an idle service costs. */
const quarter: FolderSize = { images: 100, days: 90, tags: 20, ghcr: false };

function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}

function describe({ images, days, tags, ghcr }: FolderSize): string {
  return `${images} images${ghcr ? ' × 2 registries' : ''} × ${days} days × ${tags} tags`;
}

/** Starts without and with the kept index. */
async function starts(directory: string, folder: FolderSize, bytes: number): Promise<string[][]> {
  const rows: string[][] = [];
  for (const kind of ['first start, every file is read', 'second start, with the kept index']) {
    const dropped = await dropPageCache();
    const service = await startMeasured(directory);
    const { peakRssBytes, cpuMs } = await service.figures();
    rows.push([describe(folder), size(bytes), kind + (dropped ? ', cold caches' : ''), ms(service.startMs), ms(cpuMs), size(peakRssBytes)]);
    await service.stop();
  }
  return rows;
}

/** The service after its start, when nobody asks anything. */
async function idleRow(directory: string): Promise<string[]> {
  const service = await startMeasured(directory);
  await new Promise((resolve) => setTimeout(resolve, 10_000));
  const { rssBytes, cpuMs } = await service.figures();
  await new Promise((resolve) => setTimeout(resolve, 20_000));
  const later = await service.figures();
  await service.stop();
  return [describe(quarter), size(rssBytes), size(later.rssBytes), ms((later.cpuMs - cpuMs) / 20)];
}

async function naiveFigures(directory: string, path: string): Promise<LoadResult> {
  const server = createNaiveServer(directory).listen(0, '127.0.0.1');
  await event(server, 'listening');
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}${path}`;
  await once(url);
  const result = await measure({ url, connections: 1, requests: quick ? 3 : 4 });
  server.close();
  server.closeAllConnections();
  return result;
}

async function rawFigures(bytes: number, requests: number): Promise<LoadResult> {
  const server = await startRawServer(bytes);
  try {
    await measure({ url: server.url, connections, requests: Math.ceil(requests / 4) });
    return await measure({ url: server.url, connections, requests });
  } finally {
    server.stop();
  }
}

async function requestRows(directory: string): Promise<string[][]> {
  const service = await startMeasured(directory);
  const rows: string[][] = [];
  for (const [title, path, acceptEncoding] of asked) {
    progress(`  ${title}`);
    const first = await once(service.url + path, acceptEncoding);
    const requests = first.bytes > 500_000 ? 400 : 8_000;
    const load = { url: service.url + path, connections, requests, acceptEncoding };
    await measure({ ...load, requests: Math.ceil(requests / 4) });
    const many = await measure(load);
    const alone = await measure({ ...load, connections: 1, requests: Math.ceil(requests / 4) });
    const [naive, raw] = [await naiveFigures(directory, path), await rawFigures(first.bytes, requests)];
    rows.push([
      title,
      size(first.bytes),
      ms(first.ms),
      ms(alone.medianMs),
      `${Math.round(many.perSecond).toLocaleString('en')}/s`,
      ms(many.p99Ms),
      ratio(naive.medianMs / alone.medianMs),
      percent(many.perSecond / raw.perSecond),
    ]);
  }
  const fresh = await freshMs(service.url);
  rows.push(['/api/pulls, one image after another, each for the first time', '', ms(fresh), '', '', '', '', '']);
  await service.stop();
  return rows;
}

/** The median time of answers that are not kept yet. */
async function freshMs(url: string): Promise<number> {
  const times: number[] = [];
  for (let image = 0; image < year.images; image += 1) {
    for (const path of [`/api/pulls?repo=${name(image)}&from=${dayAgo(360)}`, `/api/pulls?repo=${name(image)}&from=${dayAgo(359)}`]) {
      times.push((await once(url + path)).ms);
    }
  }
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
}

/** Everything inside a limit, from cold caches on: the index is built, then kept, and half a hundred requests a second come in. */
async function limitRows(directory: string): Promise<string[][]> {
  const rows: string[][] = [];
  for (const limitMib of [128, 96]) {
    for (const kind of ['without the kept index', 'with it']) {
      const limit = await createMemoryLimit(limitMib * 1024 ** 2);
      if (!limit) return [['no memory cgroup can be made on this machine', '', '', '', '', '']];
      if (kind.startsWith('without')) await rm(join(directory, '.index.json'), { force: true });
      await dropPageCache();
      progress(`  ${limitMib} MiB ${kind}`);
      rows.push(await limited(directory, limit, `${limitMib} MiB, ${kind}`));
      await limit.remove();
    }
  }
  return rows;
}

async function limited(
  directory: string,
  limit: NonNullable<Awaited<ReturnType<typeof createMemoryLimit>>>,
  title: string,
): Promise<string[]> {
  try {
    const service = await startMeasured(directory, limit);
    const started = await service.figures();
    const latencies: number[] = [];
    const until = performance.now() + (quick ? 2_000 : 15_000);
    for (let count = 0; performance.now() < until; count += 1) {
      const [, path] = asked[count % asked.length] ?? asked[0];
      const address = count % 10 === 9 ? `/api/pulls?repo=${name(count % 100)}` : path;
      latencies.push((await once(service.url + address)).ms);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const { majorFaults } = await service.figures();
    const sorted = latencies.toSorted((a, b) => a - b);
    const row = [
      title,
      ms(service.startMs),
      `${latencies.length}`,
      `${ms(sorted[Math.floor(sorted.length / 2)] ?? 0)} / ${ms(sorted.at(-1) ?? 0)}`,
      size(await limit.peakBytes()),
      `${started.majorFaults} / ${majorFaults - started.majorFaults}`,
    ];
    await service.stop();
    return row;
  } catch {
    return [title, 'killed', '', '', size(await limit.peakBytes()), ''];
  }
}

async function pageRows(directory: string): Promise<string[][]> {
  const service = await startMeasured(directory);
  const { bytes, assetBytes, firstViewMs, chartMs, selectMs, sortMs } = await measurePage(`${service.url}/`);
  await service.stop();
  return [[describe(wide), size(bytes), size(assetBytes), ms(firstViewMs), ms(chartMs), ms(selectMs), ms(sortMs)]];
}

/** All of it; takes some minutes. */
export async function benchProgram(): Promise<void> {
  execFileSync(process.execPath, [...process.execArgv, 'scripts/build.ts']);
  const root = await mkdtemp(join(tmpdir(), 'registry-stats-bench-'));
  try {
    const [yearFolder, decadeFolder] = [join(root, 'year'), join(root, 'decade')];
    progress('making folders');
    const [yearBytes, decadeBytes] = [await writeFolder(yearFolder, year), await writeFolder(decadeFolder, decade)];
    progress('probe');
    const probe = await probeRows();
    progress('starts');
    const startRows = [...(await starts(yearFolder, year, yearBytes)), ...(await starts(decadeFolder, decade, decadeBytes))];
    progress('idle');
    await writeFolder(join(root, 'quarter'), quarter);
    const idle = await idleRow(join(root, 'quarter'));
    progress('requests');
    const requests = await requestRows(yearFolder);
    progress('memory');
    const memory = await limitRows(yearFolder);
    progress('connections');
    const crowd = await crowdRow(yearFolder, quick ? 1_000 : 10_000);
    progress('bursts');
    await writeFolder(join(root, 'wide'), wide);
    const bursts = await burstTable(join(root, 'wide'), describe(wide));
    progress('pages');
    const pages = await pageRows(join(root, 'wide'));
    const bundle = await stat('dist/registry-stats-program.cjs');
    const text = `<!-- Written by npm run bench; do not edit. -->
# Results

${machine(new Date())} The bundle has ${size(bundle.size)}.

${table('Start', ['Folder', 'Size', 'Start', 'To the first answer', 'CPU', 'Peak of its memory'], startRows)}
${table(`The health probe, median of ${probeRuns} runs`, ['Program', 'CPU', 'Peak of its memory'], probe)}
${table('Idle', ['Folder', 'Memory after 10 s', 'After 30 s', 'CPU per second'], [idle])}
${table(
  `Requests: ${describe(year)}`,
  ['Request', 'Answer', 'First', 'Repeated, median', `Throughput, ${connections} connections`, 'p99', 'Against naive', 'Of a raw server'],
  requests,
)}
"Against naive": how much faster than a server that reads every file on each request, both asked one request after another. "Of a raw
server": throughput beside a node:http server that sends a ready buffer of the same size.

${table(
  `Inside a memory limit, page cache dropped first: ${describe(year)}`,
  ['Limit', 'To the first answer', 'Requests after it', 'Median / slowest', 'Peak, caches included', 'Major faults, start / after'],
  memory,
)}
${table(
  'Connections that are held open, inside 128 MiB',
  ['Connections', 'Answers to others meanwhile', 'Median / slowest', 'Peak, caches included'],
  [crowd],
)}
${bursts}
${table('Dashboard', ['Folder', 'First view, compressed', 'Of it files that are kept', 'Table shown', 'Chart drawn', 'Chart chosen', 'Sorted'], pages)}`;
    process.stdout.write(text);
    if (!quick) await writeFile('bench/RESULTS.md', text);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
