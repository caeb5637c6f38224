/** Folders of thousands of images, in the memory and with the heap that a container gives them: a part of SCALE.md. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeOwnFolder, type OwnFolderSize } from './folder.ts';
import { once } from './load.ts';
import { createMemoryLimit, dropPageCache } from './memory.ts';
import { ms, size, table } from './report.ts';
import { heapIn, startMeasured, waitForEvents } from './service.ts';

interface Folder extends OwnFolderSize {
  readonly limitMib: number;
}

const folders: readonly Folder[] = [
  { images: 2_000, days: 365, limitMib: 128 },
  { images: 5_000, days: 365, limitMib: 256 },
  { images: 100, days: 1_095, limitMib: 96, arePushed: true },
];
const quickFolders: readonly Folder[] = [{ images: 200, days: 60, limitMib: 128 }];

/** The first is asked for before the events of all images are known. */
const addresses = [
  '/',
  '/data/chart.json?range=1y',
  '/api/images?limit=100',
  '/api/summary',
  '/metrics',
  '/images/owner-7/app-7',
  '/api/events?limit=100',
];

/** The heading of this part, and its tables. */
export async function filesReport(quick: boolean): Promise<string> {
  const rows: string[][] = [];
  const list = quick ? quickFolders : folders;
  for (const folder of list) {
    const directory = await mkdtemp(join(tmpdir(), 'registry-stats-bench-'));
    try {
      process.stderr.write(`files: ${folder.images} images × ${folder.days} days\n`);
      await writeOwnFolder(directory, folder);
      for (const title of ['every file is read', 'with the index cache'])
        rows.push([describe(folder), title, ...(await measure(directory, folder))]);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }
  const headings = [
    'Folder',
    'Start',
    'To the first answer',
    'CPU of it',
    ...addresses.map((path) => `\`${path}\``),
    'To the first events',
    'Most memory of its own',
    'Peak of the group',
  ];
  return [
    filesHeading,
    '',
    'Page cache dropped before each start; first answer / repeated. The group counts cached files too, which the kernel drops when it needs to.',
    '',
    table('In a memory limit', headings, rows),
  ].join('\n');
}

export const filesHeading = '# Files';

function describe({ images, days, arePushed, limitMib }: Folder): string {
  return `${images.toLocaleString('en')} images × ${days.toLocaleString('en')} days${arePushed ? ', a tag pushed every day,' : ''} in ${limitMib} MiB`;
}

async function measure(directory: string, { limitMib }: Folder): Promise<string[]> {
  const limit = await createMemoryLimit(limitMib * 1024 ** 2);
  await dropPageCache();
  try {
    const service = await startMeasured(directory, limit, heapIn(limitMib * 1024 ** 2));
    const { cpuMs } = await service.figures();
    const answers: string[] = [];
    let eventsMs = 0;
    for (const path of addresses) {
      const [first, again] = [await once(service.url + path), await once(service.url + path)];
      answers.push(`${ms(first.ms)} / ${ms(again.ms)}`);
      if (eventsMs === 0) eventsMs = await waitForEvents(service);
    }
    const { peakRssBytes } = await service.figures();
    await service.stop();
    return [
      ms(service.startMs),
      ms(cpuMs),
      ...answers,
      ms(eventsMs),
      size(peakRssBytes),
      limit ? size(await limit.peakBytes()) : 'no limit can be made',
    ];
  } catch (error) {
    return ['ended', String(error).slice(0, 80), ...addresses.map(() => ''), '', '', limit ? size(await limit.peakBytes()) : ''];
  } finally {
    await limit?.remove();
  }
}
