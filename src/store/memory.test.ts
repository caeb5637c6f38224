import { describe, expect, it } from 'vitest';
import { createRecordingLog } from '../../test/support/recording-log.ts';
import { createMemoryStore } from './memory.ts';
import { describeStore } from './testing/contract.ts';
import { reading } from './testing/readings.ts';
import { documentOf } from './testing/store-under-test.ts';

describeStore('memory', async (clock) => ({ store: createMemoryStore({ clock, log: createRecordingLog() }) }));

describe('a snapshot in memory', () => {
  it('is a copy: a caller cannot change what is stored', async () => {
    const store = createMemoryStore();
    await store.save([reading('acme/app', 10, '2026-03-14')]);
    const snapshot = await documentOf(store, '2026-03-14');

    Object.assign(snapshot ?? {}, { docker_hub: [] });

    expect(await documentOf(store, '2026-03-14')).toMatchObject({ docker_hub: [{ repo: 'acme/app', pull_count: 10 }] });
  });
});
