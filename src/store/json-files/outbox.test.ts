import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NotifyMemory } from '../../core/model/notice.ts';
import type { NotifyingStore } from '../../core/ports.ts';
import { describeOutbox } from '../testing/contract-outbox.ts';
import { createFaultyFiles, createTestFolder, type TestFolder } from './testing/folder.ts';

describeOutbox('a folder', async () => {
  const folder = await createTestFolder();
  let store = await folder.open();
  return {
    outbox: store.outbox,
    async reopen() {
      await store.close();
      store = await folder.open();
      return store.outbox;
    },
    pass: (ms) => folder.clock.advance(ms),
    async dispose() {
      await store.close();
      await folder.remove();
    },
  };
});

describe('notifications.json', () => {
  const memory: NotifyMemory = { watermark: '2026-03-14T10:00:00.000Z', known: {}, seen: {}, troubles: {} };
  let folder: TestFolder;
  let store: NotifyingStore;

  beforeEach(async () => {
    folder = await createTestFolder();
  });

  afterEach(async () => {
    await store.close();
    await folder.remove();
  });

  it('is taken for no day, and is not there as long as nothing notifies', async () => {
    store = await folder.open();
    expect(await folder.names()).toEqual([]);
    await store.outbox.advance(() => ({ memory, messages: [] }));

    expect(await folder.names()).toEqual(['notifications.json']);
    expect(await store.days()).toEqual([]);
  });

  it('that cannot be read is set aside, and said', async () => {
    await folder.write('notifications.json', '{"format":1,"outbox":{"waiting":7}}');
    store = await folder.open();
    let before: NotifyMemory | undefined = memory;
    await store.outbox.advance((known) => void (before = known));

    expect(before).toBeUndefined();
    expect(await folder.names()).toEqual([expect.stringMatching(/^notifications\.json\.corrupt-/)]);
    expect(folder.logged('what waits to be sent cannot be read; set aside')).toHaveLength(1);
  });

  it('keeps changes in the process while the disk takes nothing, and has them when it does again', async () => {
    const files = createFaultyFiles();
    store = await folder.open({ files });
    files.fail('create', 'ENOSPC');
    await store.outbox.advance(() => ({ memory, messages: [] }));
    await store.outbox.advance((before) => (before ? { memory: { ...before, seen: { evt_1: 7 } }, messages: [] } : undefined));
    expect(await folder.names()).toEqual([]);
    expect(folder.logged('what waits to be sent cannot be stored')).toHaveLength(1);
    files.heal();
    await store.outbox.advance((before) => before && { memory: before, messages: [] });

    expect(JSON.parse(await folder.read('notifications.json'))).toMatchObject({ outbox: { memory: { seen: { evt_1: 7 } } } });
  });

  it('is not touched when another process has taken over the folder', async () => {
    store = await folder.open();
    await store.outbox.advance(() => ({ memory, messages: [] }));
    const content = await folder.read('notifications.json');
    await folder.write(
      '.lock',
      JSON.stringify({ pid: 4242, hostname: 'nas', startedAt: '2026-03-14T12:00:00.000Z', token: 'x', scope: 'boot-1 pid:[1]' }),
    );
    folder.host.alive.add(4242);

    await expect(store.outbox.advance(() => ({ memory: { ...memory, seen: { a: 1 } }, messages: [] }))).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(await folder.read('notifications.json')).toBe(content);
  });
});
