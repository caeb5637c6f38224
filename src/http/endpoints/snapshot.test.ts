import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { documentChunks } from './snapshot.ts';

it('a snapshot in pieces is what JSON.stringify says of it', () => {
  const members = fc.dictionary(fc.string(), fc.oneof(fc.array(fc.jsonValue()), fc.jsonValue()));
  fc.assert(
    fc.property(members, (rest) => {
      const document = { ...rest, timestamp: '2026-03-14T10:00:00Z' };
      expect([...documentChunks(document)].join('')).toBe(JSON.stringify(document));
    }),
  );
});

it('a large snapshot is never one text', () => {
  const document = {
    timestamp: '2026-03-14T10:00:00Z',
    docker_hub: Array.from({ length: 5_000 }, (_, at) => ({ repo: `acme/image-${at}`, pull_count: at })),
  };

  const pieces = [...documentChunks(document)];

  expect(pieces.length).toBeGreaterThan(2);
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(70_000);
});
