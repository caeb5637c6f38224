import { readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toAppError, type AppError } from '../../core/model/errors.ts';
import type { Clock, SnapshotStore } from '../../core/ports.ts';
import { totalsOf } from '../testing/store-under-test.ts';
import { reading } from '../testing/readings.ts';
import { nodeFileSystem } from './file-system.ts';
import { formatHolder } from './lock-holder.ts';
import {
  createFakeHost,
  createFaultyFiles,
  createTestFolder,
  fakeScope,
  startIso,
  systemError,
  type FakeHost,
  type TestFolder,
} from './testing/folder.ts';

let folder: TestFolder;
let path = '';

beforeEach(async () => {
  folder = await createTestFolder();
  path = join(folder.directory, '.lock');
});

afterEach(async () => {
  await folder.remove();
});

const startedAt = '2026-03-14T08:00:00.000Z';
const waiting = 'waiting to see whether another process still uses the snapshot folder';
const takenOver = 'took over lock of a dead process';

function elsewhere(): FakeHost {
  return { ...createFakeHost(), processScope: () => 'boot-1 pid:[2]' };
}

const observerOfNothing = { onProgress: () => undefined, onWaiting: () => undefined, onStorable: () => undefined };

function lockText(pid: number, hostname: string): string {
  return formatHolder({ pid, hostname, startedAt, token: 'theirs', scope: fakeScope });
}

async function touch(ageMs: number): Promise<void> {
  const seconds = (folder.clock.now() - ageMs) / 1000;
  await utimes(path, seconds, seconds);
}

/** Leaves a lock as a process that was killed does. */
async function leaveLock(text: string, ageMs: number): Promise<void> {
  await writeFile(path, text);
  await touch(ageMs);
}

/** The folder's clock, doing something after each sleep. */
function clockWith(afterSleep: () => Promise<void>): Clock {
  return {
    now: () => folder.clock.now(),
    async sleep(ms) {
      await folder.clock.sleep(ms);
      await afterSleep();
    },
  };
}

describe('an open folder', () => {
  it('has a lock that names its holder, until it is closed', async () => {
    const store = await folder.open();

    const holder: unknown = JSON.parse(await readFile(path, 'utf8'));
    expect(holder).toMatchObject({ pid: 100, hostname: 'nas', startedAt: startIso, token: expect.any(String) });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await store.close();
    await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(folder.host.timers.size).toBe(0);
  });

  it('has its lock touched at each heartbeat', async () => {
    const store = await folder.open();
    await folder.clock.advance(30_000);

    await folder.host.tick();

    expect((await stat(path)).mtimeMs).toBe(folder.clock.now());
    await store.close();
  });

  it('is refused to another process of the same host, with a message that names folder, process and host', async () => {
    const store = await folder.open();
    folder.host.alive.add(100);

    const opening = folder.open({ pid: 101 });

    await expect(opening).rejects.toMatchObject({
      name: 'AppError',
      code: 'conflict',
      message: `${folder.directory} is in use by process 100 on host nas, since ${startIso}: stop it, or set DATA_DIR to another folder; if it is no longer running, delete ${path}`,
    });
    expect(folder.clock.sleeps).toEqual([]);
    await store.close();
    await (await folder.open({ pid: 101 })).close();
  });

  it('is refused to a process of another host as soon as the holder has touched its lock', async () => {
    const store = await folder.open();
    const clock = clockWith(async () => {
      if (folder.clock.sleeps.length === 12) await folder.host.tick();
    });

    const opening = folder.open({ clock, pid: 1, hostname: 'other' });

    await expect(opening).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('process 100 on host nas') });
    expect(folder.clock.sleeps).toHaveLength(12);
    expect(folder.logged(waiting)).toEqual([{ directory: folder.directory, pid: 100, hostname: 'nas', startedAt: startIso }]);
    await store.save([reading('acme/app', 1, '2026-03-14')]);
    await store.close();
  });

  it('gets its lock again when somebody deletes it', async () => {
    const store = await folder.open();
    const text = await readFile(path, 'utf8');
    await rm(path);

    await folder.host.tick();
    await store.save([reading('acme/app', 1, '2026-03-14')]);

    expect(await readFile(path, 'utf8')).toBe(text);
    expect(folder.log.lines).toEqual([]);
    await store.close();
  });
});

describe('a lock that was left behind', () => {
  it.each([
    ['of a process of this host that ended', lockText(99, 'nas'), 0],
    ['of a container before its restart, whose process had our id', lockText(100, 'nas'), 0],
    ['of a process whose id another program has by now', lockText(55, 'nas'), 120_000],
    ['of a container that has been stopped for more than 90 s', lockText(1, 'gone'), 91_000],
    ['that was never written', '', 10_000],
  ])('(%s) is taken over at once', async (_what, text, ageMs) => {
    folder.host.alive.add(55);
    await leaveLock(text, ageMs);

    const store = await folder.open();

    expect(folder.clock.sleeps).toEqual([]);
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ pid: 100, hostname: 'nas' });
    expect(await folder.names()).toEqual([]);
    expect(folder.logged(takenOver)).toHaveLength(1);
    await store.close();
  });

  it('of a container that was killed just now is taken over after 90 s of silence', async () => {
    await leaveLock(lockText(1, 'gone'), 10_000);

    const store = await folder.open();

    expect(folder.clock.sleeps.length).toBe(81);
    expect(folder.logged(waiting)).toHaveLength(1);
    await store.close();
  });

  it('with a time in the future is taken over after 90 s of silence', async () => {
    await leaveLock(lockText(1, 'gone'), -3_600_000);

    const store = await folder.open();

    expect(folder.clock.sleeps.length).toBe(91);
    await store.close();
  });

  it('goes away by itself when its holder ends while we wait', async () => {
    await leaveLock(lockText(1, 'other'), 0);
    const clock = clockWith(() => rm(path, { force: true }));

    const store = await folder.open({ clock });

    expect(folder.clock.sleeps).toHaveLength(1);
    await store.close();
  });

  it('is put back when it turns out to be another one than was judged', async () => {
    await leaveLock(lockText(99, 'nas'), 0);
    const theirs = lockText(77, 'faster');
    let moved = false;
    const files = {
      ...nodeFileSystem,
      async rename(from: string, to: string): Promise<void> {
        if (from === path && !moved) await writeFile(path, theirs);
        moved = true;
        await nodeFileSystem.rename(from, to);
      },
    };

    const opening = folder.open({ files });

    await expect(opening).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('process 77 on host faster') });
    expect(await readFile(path, 'utf8')).toBe(theirs);
    expect(await folder.names()).toEqual([]);
  });

  it('goes to one of several processes that want it at the same time', async () => {
    await leaveLock(lockText(99, 'nas'), 0);
    const pids = [101, 102, 103, 104, 105, 106];
    for (const pid of pids) folder.host.alive.add(pid);

    const results = await Promise.allSettled(pids.map((pid) => folder.open({ pid })));

    const opened = results.filter((result) => result.status === 'fulfilled').map(({ value }) => value);
    const saves = await Promise.allSettled(opened.map((store) => store.save([reading('acme/app', 1, '2026-03-14')])));
    expect(saves.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const refusals = results.flatMap((result) => (result.status === 'rejected' ? [toAppError(result.reason).code] : []));
    expect(new Set(refusals)).toEqual(new Set(['conflict']));
    await Promise.all(opened.map((store) => store.close()));
  });

  it('that keeps coming and going ends in a refusal, not in an endless start', async () => {
    const files = {
      ...nodeFileSystem,
      async create(created: string) {
        if (created === path) throw systemError('EEXIST');
        return nodeFileSystem.create(created);
      },
    };

    await expect(folder.open({ files })).rejects.toMatchObject({ name: 'AppError', code: 'conflict' });
  });

  it('that cannot be read is reported with what to do', async () => {
    await leaveLock(lockText(99, 'nas'), 0);
    const files = createFaultyFiles();
    files.fail('read', 'EACCES', '.lock');

    await expect(folder.open({ files })).rejects.toMatchObject({
      code: 'misconfigured',
      message: expect.stringContaining('chown -R 65532:65532'),
    });
  });
});

describe('a process that another one took the folder from', () => {
  it('saves and prunes nothing any more, says so once, and leaves the lock of the other', async () => {
    const sleepy = await folder.open();
    await sleepy.save([reading('acme/app', 1, '2026-03-13')]);
    await folder.clock.advance(100_000);
    const other = await folder.open({ pid: 1, hostname: 'other', host: createFakeHost() });
    const saving = sleepy.save([reading('acme/app', 2, '2026-03-13')]);

    await expect(saving).rejects.toMatchObject({ name: 'AppError', code: 'conflict' });
    await expect(sleepy.prune('2026-03-14')).rejects.toMatchObject({ name: 'AppError', code: 'conflict' });
    await folder.host.tick();
    await folder.host.tick();
    await sleepy.close();

    expect(folder.logged('cannot renew lock of snapshot folder')).toHaveLength(1);
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ hostname: 'other' });
    expect(await totalsOf(other)).toEqual({ 'dockerhub acme/app': { '2026-03-13': 1 } });
    await other.close();
  });
});

describe('two containers with the same host name and process id', () => {
  it('do not get one folder: the heartbeat of the first is seen', async () => {
    const store = await folder.open();
    const clock = clockWith(async () => {
      if (folder.clock.sleeps.length === 12) await folder.host.tick();
    });

    await expect(folder.open({ clock, host: elsewhere() })).rejects.toMatchObject({ code: 'conflict' });

    await store.save([reading('acme/app', 1, '2026-03-14')]);
    await store.close();
  });

  it('follow each other after a kill once the first has been silent for 90 s', async () => {
    await leaveLock(lockText(100, 'nas'), 60_000);

    const store = await folder.open({ host: elsewhere() });

    expect(folder.clock.sleeps.length).toBe(31);
    await store.close();
  });
});

describe('a process that lost its lock', () => {
  const observed: (string | undefined)[] = [];
  const observer = {
    onProgress: () => undefined,
    onWaiting: () => undefined,
    onStorable: (problem?: AppError) => void observed.push(problem?.message),
  };

  beforeEach(() => {
    observed.length = 0;
  });

  async function loseTo(
    hostname: string,
  ): Promise<{ readonly sleepy: SnapshotStore; readonly other: SnapshotStore; readonly host: FakeHost }> {
    const sleepy = await folder.open({ observer });
    await sleepy.save([reading('acme/app', 1, '2026-03-13')]);
    await folder.clock.advance(100_000);
    const host = createFakeHost();
    const other = await folder.open({ pid: 1, hostname, host });
    await folder.host.tick();
    return { sleepy, other, host };
  }

  it('says so at its next heartbeat, takes the lock again when it is free, and knows what the other stored', async () => {
    const { sleepy, other } = await loseTo('other');
    await other.save([reading('acme/app', 5, '2026-03-14')]);
    const version = sleepy.version();
    expect(observed).toEqual([expect.stringContaining('process 1 on host other')]);

    await other.close();
    await folder.host.tick();
    await sleepy.save([reading('acme/app', 6, '2026-03-15')]);

    expect(observed).toHaveLength(2);
    expect(observed[1]).toBeUndefined();
    expect(await totalsOf(sleepy)).toEqual({ 'dockerhub acme/app': { '2026-03-13': 1, '2026-03-14': 5, '2026-03-15': 6 } });
    expect(sleepy.version()).not.toBe(version);
    await sleepy.close();
  });

  it('takes the lock again from one that was killed, after 90 s of silence', async () => {
    const { sleepy, host } = await loseTo('other');
    await folder.clock.advance(30_000);
    await host.tick();
    await folder.host.tick();
    await folder.clock.advance(90_000);
    await folder.host.tick();
    expect(observed).toHaveLength(1);

    await folder.clock.advance(1);
    await folder.host.tick();

    expect(observed).toHaveLength(2);
    await sleepy.save([reading('acme/app', 2, '2026-03-13')]);
    await sleepy.close();
  });
});

describe('an opening that is ended', () => {
  it('while it waits for the lock leaves that of the other', async () => {
    const theirs = lockText(1, 'other');
    await leaveLock(theirs, 0);
    const stopping = new AbortController();
    const clock: Clock = {
      now: () => folder.clock.now(),
      async sleep(ms, signal) {
        await folder.clock.sleep(ms);
        stopping.abort(new Error('received SIGTERM'));
        signal?.throwIfAborted();
      },
    };

    await expect(folder.open({ clock, signal: stopping.signal })).rejects.toThrow('received SIGTERM');

    expect(await readFile(path, 'utf8')).toBe(theirs);
    expect(folder.host.timers.size).toBe(0);
  });

  it('while it reads leaves no lock', async () => {
    for (const day of ['2026-03-12', '2026-03-13', '2026-03-14']) await folder.write(`${day}.json`, '{}');
    const stopping = new AbortController();
    const progress: string[] = [];
    const onProgress = (done: number, total: number): void => {
      progress.push(`${done} of ${total}`);
      if (done === 2) stopping.abort(new Error('received SIGTERM'));
    };

    const opening = folder.open({ signal: stopping.signal, observer: { ...observerOfNothing, onProgress } });

    await expect(opening).rejects.toThrow('received SIGTERM');
    expect(progress).toEqual(['1 of 3', '2 of 3']);
    await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('a store that waits for the lock', () => {
  it('can be read, and knows what the other stored meanwhile once it has the lock', async () => {
    await folder.write('2026-03-13.json', '{"docker_hub":[{"repo":"acme/app","pull_count":1}]}');
    await leaveLock(lockText(1, 'other'), 0);
    let whileWaiting: unknown;
    const onWaiting = async (readable: SnapshotStore): Promise<void> => {
      whileWaiting = await totalsOf(readable);
      await folder.write('2026-03-14.json', '{"docker_hub":[{"repo":"acme/app","pull_count":2}]}');
    };

    const store = await folder.open({ observer: { ...observerOfNothing, onWaiting: (readable) => void onWaiting(readable) } });

    expect(whileWaiting).toEqual({ 'dockerhub acme/app': { '2026-03-13': 1 } });
    expect(await totalsOf(store)).toEqual({ 'dockerhub acme/app': { '2026-03-13': 1, '2026-03-14': 2 } });
    await store.close();
  });
});

describe('a folder that goes bad while it is open', () => {
  it('does not keep the store from being closed', async () => {
    const files = createFaultyFiles();
    const store = await folder.open({ files });
    files.fail('read', 'EIO', '.lock');

    await store.close();

    expect(folder.logged('cannot remove lock of snapshot folder')).toHaveLength(1);
  });
});
