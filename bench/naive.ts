/** What the product is held against: a server that reads every file on each request, as the Go tool did. */
import { readdir, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { z } from 'zod';

const document = z.object({
  docker_hub: z.array(z.object({ repo: z.string(), pull_count: z.number() })).optional(),
  ghcr: z.array(z.object({ package: z.string(), download_count: z.number() })).optional(),
});

type Totals = Map<string, Map<string, number>>;

/** Answers /api/pulls, /api/pulls/daily and /api/summary, the first with `repo`, `from` and `to`. */
export function createNaiveServer(directory: string): Server {
  return createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    answer(directory, url).then(
      (rows) => response.setHeader('Content-Type', 'application/json').end(JSON.stringify(rows)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
}

async function answer(directory: string, { pathname, searchParams }: URL): Promise<object[]> {
  const [repo, from, to] = ['repo', 'from', 'to'].map((name) => searchParams.get(name) ?? undefined);
  const days = await readTotals(directory, repo);
  if (pathname === '/api/summary') {
    const newest = [...days.values()].at(-1) ?? new Map<string, number>();
    return [...newest].map(([key, pulls]) => ({ registry: key.split(' ')[0], name: key.split(' ')[1], pull_count: pulls, tag_count: 0 }));
  }
  const isDaily = pathname === '/api/pulls/daily';
  const rows: object[] = [];
  const known = new Map<string, number>();
  for (const [day, totals] of days) {
    const sums = new Map<string, number>();
    for (const [key, pulls] of totals) {
      const name = key.split(' ')[1] ?? '';
      const value = isDaily ? Math.max(0, pulls - (known.get(key) ?? pulls)) : pulls;
      sums.set(name, (sums.get(name) ?? 0) + value);
      known.set(key, pulls);
    }
    if ((from !== undefined && day < from) || (to !== undefined && day > to)) continue;
    for (const [name, value] of [...sums].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      rows.push({ timestamp: `${day}T00:00:00Z`, repo: name, [isDaily ? 'daily_pulls' : 'pull_count']: value });
    }
  }
  return rows;
}

async function readTotals(directory: string, repo: string | undefined): Promise<Totals> {
  const files = (await readdir(directory)).filter((name) => /^\d{4}-\d{2}-\d{2}\.json$/.test(name)).toSorted();
  const days: Totals = new Map();
  for (const file of files) {
    const { docker_hub: hub = [], ghcr = [] } = document.parse(JSON.parse(await readFile(join(directory, file), 'utf8')));
    const totals = new Map<string, number>();
    for (const row of hub) if (repo === undefined || row.repo === repo) totals.set(`dockerhub ${row.repo}`, row.pull_count);
    for (const row of ghcr) if (repo === undefined || row.package === repo) totals.set(`ghcr ${row.package}`, row.download_count);
    days.set(file.slice(0, 10), totals);
  }
  return days;
}
