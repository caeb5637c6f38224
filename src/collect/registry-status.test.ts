import { describe, expect, it } from 'vitest';
import { plainDescriptor } from '../../test/support/descriptor.ts';
import type { RegistryRun } from '../core/model/run.ts';
import { statusOf } from './registry-status.ts';

function part(fields: Partial<RegistryRun> = {}): RegistryRun {
  return {
    registry: 'dockerhub',
    imagesRead: 2,
    readRepos: [],
    deleted: [],
    failures: [],
    listings: [],
    doubts: [],
    durationMs: 1500,
    ...fields,
  };
}

const descriptor = plainDescriptor('dockerhub', 'Docker Hub');

describe('the status of a registry', () => {
  it('is waiting before its first run, off when nothing is configured for it, and its part of the last run afterwards', () => {
    expect([statusOf(descriptor, true, {}).state, statusOf(descriptor, false, {}).state]).toEqual(['waiting', 'off']);
    expect(statusOf(descriptor, true, { last: part(), lastSuccess: '2026-03-14T10:00:00.000Z' })).toMatchObject({
      state: 'ok',
      imagesRead: 2,
      imagesFailed: 0,
      lastSuccess: '2026-03-14T10:00:00.000Z',
      lastDurationMs: 1500,
    });
  });

  it.each([
    ['failing', { imagesRead: 0 }],
    ['degraded', { failures: [{ repo: 'acme/app', code: 'not_found', message: '', missing: 'total' }] }],
    [
      'frozen',
      {
        doubts: [
          { repo: 'acme/a', doubt: 'inconsistent' },
          { repo: 'acme/b', doubt: 'frozen' },
        ],
      },
    ],
    ['inconsistent', { doubts: [{ repo: 'acme/a', doubt: 'inconsistent' }] }],
    ['degraded', { listings: [{ owner: 'acme', listed: 1, expected: 2, complete: false }] }],
    ['ok', { listings: [{ owner: 'acme', listed: 2, expected: 2, complete: true }] }],
    ['ok', { imagesRead: 0, listings: [{ owner: 'acme', listed: 0, expected: 0, complete: true }] }],
  ] as const)('is %s after %o', (state, fields) => {
    expect(statusOf(descriptor, true, { last: part(fields) }).state).toBe(state);
  });

  it('counts an image whose total was read as read, though details failed', () => {
    const failures = [
      { repo: 'acme/app', code: 'unreachable', message: '', missing: 'details' },
      { repo: 'acme/tool', code: 'unreachable', message: '', missing: 'total' },
    ] as const;

    expect(statusOf(descriptor, true, { last: part({ failures }) }).imagesFailed).toBe(1);
  });
});
