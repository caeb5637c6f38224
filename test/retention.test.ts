/** What retention leaves as it is, in memory and in files. */
import { describeRetention } from '../src/collect/testing/retention.ts';
import type { SnapshotStore } from '../src/core/ports.ts';
import { openJsonFileStore } from '../src/store/json-files/store.ts';
import { createFakeHost, oldFiles } from '../src/store/json-files/testing/folder.ts';
import { createMemoryStore } from '../src/store/memory.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRecordingLog } from './support/recording-log.ts';

describeRetention('memory', async (clock) => ({ store: createMemoryStore({ clock, log: createRecordingLog() }) }));

describeRetention('files', async (clock) => {
  const directory = await mkdtemp(join(tmpdir(), 'registry-stats-retention-'));
  const open = (): Promise<SnapshotStore> =>
    openJsonFileStore({ directory, clock, log: createRecordingLog(), pid: 100, hostname: 'nas', host: createFakeHost(), files: oldFiles });
  let store = await open();
  return {
    store,
    reopen: async () => {
      await store.close();
      store = await open();
      return store;
    },
    dispose: () => rm(directory, { recursive: true }),
  };
});
