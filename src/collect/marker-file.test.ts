import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readMarker } from '../core/model/health-marker.ts';
import { createRecordingLog } from '../../test/support/recording-log.ts';
import { createMarkerFile } from './marker-file.ts';

let directory = '';

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'registry-stats-marker-'));
});

afterEach(() => rm(directory, { recursive: true }));

describe('the marker file', () => {
  it('is there with its greatest age after set, and gone with a reason beside it after clear', async () => {
    const path = join(directory, '.healthy');
    const marker = createMarkerFile(path, createRecordingLog());

    await marker.set(60_000);
    const content = await readFile(path, 'utf8');
    await marker.clear('the disk is full');

    expect(readMarker(content, 60_000).healthy).toBe(true);
    expect(readMarker(content, 60_001).healthy).toBe(false);
    expect(await readdir(directory)).toEqual(['.healthy.reason']);
    expect(await readFile(`${path}.reason`, 'utf8')).toBe('the disk is full\n');
  });

  it('leaves no reason behind when the state is good again', async () => {
    const path = join(directory, '.healthy');
    const marker = createMarkerFile(path, createRecordingLog());

    await marker.clear('no run has finished yet');
    await marker.set(undefined);

    expect(await readdir(directory)).toEqual(['.healthy']);
    expect(readMarker(await readFile(path, 'utf8'), 1e12).healthy).toBe(true);
  });

  it('logs a marker that cannot be written, and lets the service go on', async () => {
    const log = createRecordingLog();

    await createMarkerFile(join(directory, 'missing', '.healthy'), log).set(1);

    expect(log.lines).toHaveLength(1);
    expect(log.lines[0]).toMatchObject({ level: 'error', fields: { path: join(directory, 'missing', '.healthy') } });
  });
});
