import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { createGzip, gunzipSync, gzipSync } from 'node:zlib';
import tar from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addDays } from '../../../core/model/day.ts';
import { AppError } from '../../../core/model/errors.ts';
import { reading } from '../../testing/readings.ts';
import { nodeFileSystem, type FileSystem } from '../file-system.ts';
import { createTestFolder, systemError, type TestFolder } from '../testing/folder.ts';
import { backupFolder } from './backup.ts';
import { archivedFile, manifestName } from './manifest.ts';
import { restoreFolder, type RestoreDeps } from './restore.ts';

let from: TestFolder;
let to: TestFolder;
let work: string;
let archive: string;

beforeEach(async () => {
  [from, to] = [await createTestFolder(), await createTestFolder()];
  work = await mkdtemp(join(tmpdir(), 'registry-stats-backup-'));
  archive = join(work, 'backup.tar.gz');
});

afterEach(async () => {
  await Promise.all([from.remove(), to.remove(), rm(work, { recursive: true })]);
});

async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

async function backUp(files?: FileSystem): Promise<Buffer> {
  const { directory, clock } = from;
  const bytes = await bytesOf(backupFolder({ directory, clock, version: '1.2.3', ...(files ? { files } : {}) }));
  await writeFile(archive, bytes);
  return bytes;
}

function restore(more: Partial<RestoreDeps> = {}) {
  const { directory, clock, log, host } = to;
  return restoreFolder({ directory, clock, log, host, pid: 1, hostname: 'nas', archive, force: false, ...more });
}

async function contents(folder: TestFolder): Promise<Record<string, string>> {
  const names = await folder.names();
  return Object.fromEntries(await Promise.all(names.map(async (name): Promise<[string, string]> => [name, await folder.read(name)])));
}

/** An archive with these entries, as an attacker or an accident may make it. */
async function forge(
  entries: readonly (readonly [header: Partial<tar.Header> & { readonly name: string }, content?: string])[],
): Promise<void> {
  const pack = tar.pack();
  for (const [header, content = ''] of entries) pack.entry({ ...header }, content);
  pack.finalize();
  await writeFile(archive, await bytesOf(pack.pipe(createGzip())));
}

function manifestOf(files: Readonly<Record<string, string>>): string {
  return JSON.stringify({
    format: 1,
    version: '1',
    created: '',
    files: Object.entries(files).map(([name, text]) => archivedFile(name, Buffer.from(text))),
  });
}

describe('a backup', () => {
  it('puts back what there was, to the byte', async () => {
    const store = await from.open();
    await store.save([reading('acme/app', 10, '2026-03-13'), reading('acme/app', 11, '2026-03-14')]);
    await from.write('2026-03-12.json.corrupt-20260313T000000000Z', new Uint8Array([0xff, 0xfe, 0]));
    await from.write('2026-03-11.json', 'not JSON');
    await from.write('notes.txt', 'mine');
    await backUp();
    await store.close();

    expect(await restore()).toEqual({ written: 4, equal: 0, setAside: 0 });

    const { 'notes.txt': _notes, ...expected } = await contents(from);
    expect(await contents(to)).toEqual(expected);
    expect(await restore()).toEqual({ written: 0, equal: 4, setAside: 0 });
    const opened = await to.open();
    expect(await opened.latest({})).toMatchObject([{ pullCount: 11 }]);
    await opened.close();
  });

  it('holds whole files only while a service writes', async () => {
    const store = await from.open();
    await store.save([reading('acme/app', 1, '2026-03-13')]);
    const slow: FileSystem = {
      ...nodeFileSystem,
      read: async (path, most) => {
        await store.save([reading('acme/app', Date.now(), '2026-03-14'), reading('acme/tool', 5, '2026-03-13')]);
        return nodeFileSystem.read(path, most);
      },
    };
    await backUp(slow);
    await store.close();

    await restore();

    expect(JSON.parse(await to.read('2026-03-13.json'))).toMatchObject({ docker_hub: [{ repo: 'acme/app' }, { repo: 'acme/tool' }] });
  });

  it('has the totals of a file that retention deletes meanwhile', async () => {
    const store = await from.open();
    await store.save([reading('acme/app', 1, '2026-03-13'), reading('acme/app', 2, '2026-03-14')]);
    const pruning: FileSystem = {
      ...nodeFileSystem,
      read: async (path, most) => {
        await store.prune('2026-03-14');
        return nodeFileSystem.read(path, most);
      },
    };
    await backUp(pruning);
    await store.close();
    await restore();

    expect(await to.names()).toEqual(['2026-03-14.json', 'history']);
    for (const name of ['2026-03-14.json', 'history/2026.json']) expect(await to.read(name)).toBe(await from.read(name));
  });

  it('is reported when the folder cannot be read', async () => {
    const { clock } = from;

    await expect(bytesOf(backupFolder({ directory: join(work, 'none'), clock, version: '1' }))).rejects.toMatchObject({
      code: 'misconfigured',
    });
  });

  it('does not hold many files in memory', async () => {
    const large = Buffer.alloc(1024 * 1024, 'x');
    let heldBytes = 0;
    let maxHeldBytes = 0;
    const counting: FileSystem = {
      ...nodeFileSystem,
      listFiles: async () => Array.from({ length: 60 }, (_, at) => `${addDays('2026-01-01', at)}.json`),
      read: async () => {
        heldBytes += large.length;
        maxHeldBytes = Math.max(maxHeldBytes, heldBytes);
        setImmediate(() => (heldBytes -= large.length));
        return large;
      },
    };
    await backUp(counting);

    expect(maxHeldBytes).toBeLessThan(10 * large.length);
  });
});

/** The real file system, on which the step of this number that changes something of the history fails. */
function failingAt(number: number): FileSystem {
  let steps = 0;
  const step = (): void => {
    steps += 1;
    if (steps === number) throw systemError('EIO');
  };
  return {
    ...nodeFileSystem,
    async create(path) {
      if (path.endsWith('.lock')) return nodeFileSystem.create(path);
      step();
      const file = await nodeFileSystem.create(path);
      const after = (action: () => Promise<void>) => async () => {
        await action();
        step();
      };
      return { write: (content) => after(() => file.write(content))(), sync: after(() => file.sync()), close: after(() => file.close()) };
    },
    async rename(...names) {
      step();
      await nodeFileSystem.rename(...names);
    },
    async syncFolder(path) {
      step();
      await nodeFileSystem.syncFolder(path);
    },
  };
}

/** A backup of one day. */
async function small(): Promise<Buffer> {
  const store = await from.open();
  await store.save([reading('acme/app', 10, '2026-03-14')]);
  await store.close();
  return backUp();
}

describe('a restore', () => {
  it('notices every byte that is not as it was, or changes nothing of the content', async () => {
    const bytes = await small();
    const good = gunzipSync(bytes);
    const wrong: string[] = [];
    for (let at = 0; at < bytes.length; at += 1) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ 0x10;
      await writeFile(archive, damaged);
      const outcome = await restore().then(
        () => (gunzipSync(damaged).equals(good) ? 'same content' : 'accepted'),
        (error: unknown) => (error instanceof AppError && error.code === 'invalid_input' ? 'refused' : String(error)),
      );
      if (outcome !== 'refused' && outcome !== 'same content') wrong.push(`${at}: ${outcome}`);
    }

    expect(wrong).toEqual([]);
  });

  it('notices a byte that is changed before it is packed', async () => {
    const plain = gunzipSync(await small());
    const at = plain.indexOf('"pull_count": 10');
    plain[at + 14] = '9'.charCodeAt(0);
    await writeFile(archive, gzipSync(plain));

    await expect(restore()).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('the checksum of 2026-03-14.json is wrong'),
    });
    expect(await to.names()).toEqual([]);
  });

  it('refuses an archive that ends too early', async () => {
    const bytes = await small();
    for (const part of [0, 0.2, 0.5, 0.8, 0.95]) {
      await writeFile(archive, bytes.subarray(0, Math.floor(bytes.length * part)));
      await expect(restore()).rejects.toMatchObject({ code: 'invalid_input', message: expect.stringContaining('nothing was changed') });
    }
    expect(await to.names()).toEqual([]);
  });

  const day = '{"timestamp":"2026-03-14T00:00:00Z"}';
  it.each([
    ['a path that leads out', [[{ name: '../2026-03-14.json' }, day]]],
    ['an absolute path', [[{ name: '/etc/2026-03-14.json' }, day]]],
    ['a folder before the name', [[{ name: 'x/2026-03-14.json' }, day]]],
    ['a link', [[{ name: '2026-03-14.json', type: 'symlink', linkname: '/etc/passwd' }]]],
    ['the index cache', [[{ name: '.index.json' }, '{}']]],
    ['a file of another name', [[{ name: 'run.sh' }, 'rm']]],
    [
      'a file twice',
      [
        [{ name: '2026-03-14.json' }, day],
        [{ name: '2026-03-14.json' }, day],
      ],
    ],
    [
      'something after its end',
      [
        [{ name: manifestName }, manifestOf({})],
        [{ name: '2026-03-14.json' }, day],
      ],
    ],
    [
      'a file that is not in the manifest',
      [
        [{ name: '2026-03-14.json' }, day],
        [{ name: manifestName }, manifestOf({})],
      ],
    ],
    ['a file less than in the manifest', [[{ name: manifestName }, manifestOf({ '2026-03-14.json': day })]]],
    [
      'a lie in the manifest',
      [
        [{ name: '2026-03-14.json' }, day],
        [{ name: manifestName }, manifestOf({ '2026-03-14.json': `${day} ` })],
      ],
    ],
    ['a manifest of another format', [[{ name: manifestName }, '{"format":2}']]],
    ['no manifest', [[{ name: '2026-03-14.json' }, day]]],
  ] satisfies [string, Parameters<typeof forge>[0]][])('refuses %s', async (_what, entries) => {
    await forge(entries);

    await expect(restore()).rejects.toMatchObject({ code: 'invalid_input', message: expect.stringContaining('nothing was changed') });
    expect(await to.names()).toEqual([]);
  });

  it('refuses what is no archive, and what is not there', async () => {
    await writeFile(archive, 'hello');
    await expect(restore()).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(restore({ archive: join(work, 'none') })).rejects.toMatchObject({ code: 'invalid_input' });
  });

  it('is refused while a service uses the folder', async () => {
    await small();
    to.host.alive.add(4242);
    const running = await to.open({ pid: 4242 });

    await expect(restore()).rejects.toMatchObject({ code: 'conflict' });
    await running.close();
  });

  it('replaces nothing that differs, unless forced, and then renames it', async () => {
    await small();
    await to.write('2026-03-14.json', '{"timestamp":"mine"}');

    await expect(restore()).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('--force') });
    expect(await to.read('2026-03-14.json')).toBe('{"timestamp":"mine"}');
    expect(await restore({ force: true })).toEqual({ written: 1, equal: 0, setAside: 1 });
    const [restored = '', aside = ''] = await to.names();
    expect(await to.read(restored)).toBe(await from.read('2026-03-14.json'));
    expect(aside).toMatch(/^2026-03-14\.json\.before-restore-/);
    expect(await to.read(aside)).toBe('{"timestamp":"mine"}');
  });

  it('leaves the old file or the new one whichever step fails, no temporary file, and works once that is mended', async () => {
    await small();
    const [old, restored] = ['{"timestamp":"mine"}', await from.read('2026-03-14.json')];
    const found: string[] = [];
    for (let failing = 1; ; failing += 1) {
      for (const name of await to.names()) await rm(join(to.directory, name));
      await to.write('2026-03-14.json', old);

      const files = failingAt(failing);
      const error = await restore({ force: true, files }).then(() => undefined, String);
      const { '2026-03-14.json': main, ...others } = await contents(to);
      const isOldSafe = main === old || isDeepStrictEqual(Object.values(others), [old]);
      const place = main === old ? 'old' : main === restored ? 'new' : 'neither';
      found.push(error === undefined ? 'restored' : isOldSafe ? place : 'lost');
      expect(Object.keys(others).filter((name) => !name.includes('.before-restore-'))).toEqual([]);
      if (error === undefined) break;

      expect(await restore({ force: true })).toMatchObject({ written: main === old ? 1 : 0 });
      expect(await to.read('2026-03-14.json')).toBe(restored);
    }

    // The last step before the end makes the new name survive a power cut.
    expect(found.join(' ')).toMatch(/^(old ){8,}new restored$/);
  });

  it('has the old file or the new one under the name of the day before and after every step, and the old one aside before the new one', async () => {
    await small();
    const old = '{"timestamp":"mine"}';
    await to.write('2026-03-14.json', old);
    const now = await from.read('2026-03-14.json');
    const seen: string[] = [];
    async function look(): Promise<void> {
      const all = await contents(to);
      const aside = Object.entries(all).find(([name]) => name.includes('.before-restore-'))?.[1];
      const [main = 'missing'] = [all['2026-03-14.json']];
      if (main !== old && aside !== old) seen.push('the old one is lost');
      seen.push(main === old ? 'old' : main === now ? 'new' : main);
    }
    /** Looks before and after each step that changes names, as a kill there would leave them. */
    const watching: FileSystem = {
      ...nodeFileSystem,
      async rename(...names) {
        await look();
        await nodeFileSystem.rename(...names);
        await look();
      },
      async syncFolder(path) {
        await look();
        await nodeFileSystem.syncFolder(path);
      },
    };

    await restore({ force: true, files: watching });

    expect(seen.join(' ')).toMatch(/^(old )+(new ?)+$/);
  });

  it('leaves the folder in order when the disk is full', async () => {
    await small();
    const full: FileSystem = {
      ...nodeFileSystem,
      rename: async () => {
        throw Object.assign(new Error('full'), { code: 'ENOSPC' });
      },
    };

    await expect(restore({ files: full })).rejects.toMatchObject({ code: 'internal', message: expect.stringContaining('is full') });
    expect(await to.names()).toEqual([]);
    expect(await restore()).toMatchObject({ written: 1 });
    expect(await readFile(join(to.directory, '2026-03-14.json'), 'utf8')).toBe(await from.read('2026-03-14.json'));
  });
});
