/** Many large answers at once, each another, to readers of all kinds, inside a limit of 128 MiB. */
import { connect, type Socket } from 'node:net';
import { dayAgo } from './folder.ts';
import { once } from './load.ts';
import { createMemoryLimit } from './memory.ts';
import { ms, size, table } from './report.ts';
import { startMeasured } from './service.ts';

/** How an answer is read. */
type Reading = 'whole' | 'half, then nothing' | 'slowly' | 'eight in one go, not at all';

interface Outcome {
  readonly ok: number;
  readonly refused: number;
  readonly broken: number;
  /** Still without an answer when the others were counted. */
  readonly waiting: number;
}

const paths = ['/api/pulls?format=csv', '/api/pulls?', '/api/pulls/daily?details=true', '/api/pulls/daily?split=registry&format=csv'];

/** Addresses whose answers are all different, and as large as they can be. */
function addresses(count: number): string[] {
  return Array.from(
    { length: count },
    (_, at) => `${paths[at % paths.length]}&from=${dayAgo(364 - Math.floor(at / paths.length))}&x=${at}`,
  );
}

const requests = 30;

/** The results, a row for each way of reading. `folder`: what it is. */
export async function burstTable(directory: string, folder: string): Promise<string> {
  return table(
    `Large answers at once, each another one, inside 128 MiB: ${folder}`,
    [
      'Requests',
      'Answered / refused / waiting after 12 s / broken',
      'All of it',
      '/api/status meanwhile, median / slowest',
      'Peak of its memory',
      'Peak, caches included',
    ],
    await burstRows(directory, requests),
  );
}

/** A row of the results for each way of reading. */
async function burstRows(directory: string, count: number): Promise<string[][]> {
  const rows: string[][] = [];
  for (const reading of ['whole', 'half, then nothing', 'slowly', 'eight in one go, not at all'] as const) {
    rows.push(await burstRow(directory, count, reading));
  }
  return rows;
}

async function burstRow(directory: string, count: number, reading: Reading): Promise<string[]> {
  const limit = await createMemoryLimit(128 * 1024 ** 2);
  const service = await startMeasured(directory, limit);
  const done = new AbortController();
  const ended = new AbortController();
  void service.exited.then(() => ended.abort());
  const begun = performance.now();
  const sockets: Socket[] = [];
  const latencies: number[] = [];
  const others = (async () => {
    while (!done.signal.aborted && !ended.signal.aborted) {
      latencies.push((await once(`${service.url}/api/status`)).ms);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  })().catch(() => undefined);
  const outcomes = await Promise.all(addresses(count).map((address) => request(service.url, address, reading, sockets)));
  const tookMs = performance.now() - begun;
  done.abort();
  await others;
  for (const socket of sockets) socket.destroy();
  const outcome = sum(outcomes);
  const row = [
    `${count} that are read ${reading}`,
    ended.signal.aborted ? 'the program ended' : `${outcome.ok} / ${outcome.refused} / ${outcome.waiting} / ${outcome.broken}`,
    ms(tookMs),
    `${ms(latencies.toSorted((a, b) => a - b)[Math.floor(latencies.length / 2)] ?? 0)} / ${ms(Math.max(0, ...latencies))}`,
    size((await service.figures()).peakRssBytes),
    limit ? size(await limit.peakBytes()) : 'no memory cgroup can be made on this machine',
  ];
  await service.stop();
  await limit?.remove();
  return row;
}

function sum(outcomes: readonly (keyof Outcome)[]): Outcome {
  const count = (kind: keyof Outcome): number => outcomes.filter((each) => each === kind).length;
  return { ok: count('ok'), refused: count('refused'), broken: count('broken'), waiting: count('waiting') };
}

/** How long slow and silent readers hold on. */
const holdMs = 12_000;
const slowBytesPerSecond = 100_000;

function request(url: string, address: string, reading: Reading, sockets: Socket[]): Promise<keyof Outcome> {
  const { hostname, port } = new URL(url);
  const message = `GET ${address} HTTP/1.1\r\nHost: x\r\nConnection: ${reading.startsWith('eight') ? 'keep-alive' : 'close'}\r\n\r\n`;
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => socket.write(reading.startsWith('eight') ? message.repeat(8) : message));
    sockets.push(socket);
    let status = '';
    let bytes = 0;
    let wantedBytes = Infinity;
    let isWhole = false;
    const end = (): void => {
      const isOk = status === '200' && (reading !== 'whole' || isWhole);
      resolve(isOk ? 'ok' : status === '503' ? 'refused' : status === '' && !socket.destroyed ? 'waiting' : 'broken');
    };
    if (reading !== 'whole') setTimeout(end, holdMs);
    if (reading.startsWith('eight')) {
      socket.once('data', (data: Buffer) => {
        status = data.toString('latin1').slice(9, 12);
        socket.pause();
      });
      socket.on('error', () => undefined);
      return;
    }
    socket.on('data', (data: Buffer) => {
      if (status === '') {
        const [head = ''] = data.toString('latin1').split('\r\n\r\n', 1);
        status = head.slice(9, 12);
        const [, length] = /^content-length: (\d+)$/im.exec(head) ?? [];
        if (length !== undefined) wantedBytes = head.length + 4 + Number(length);
      }
      bytes += data.length;
      // An answer that is kept has a length, one that is made as it is read has a last piece.
      isWhole = bytes === wantedBytes || data.subarray(-5).toString('latin1') === '0\r\n\r\n' || isWhole || status === '503';
      if (reading.startsWith('half') && bytes > 1_000_000) socket.pause();
      if (reading === 'slowly') {
        socket.pause();
        setTimeout(() => socket.resume(), (data.length / slowBytesPerSecond) * 1000);
      }
    });
    socket.on('error', () => undefined).on('close', end);
  });
}
