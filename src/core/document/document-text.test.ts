import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { SnapshotDocument } from './snapshot.ts';
import { documentText } from './document-text.ts';

async function piecesOf(document: SnapshotDocument): Promise<string[]> {
  const pieces: string[] = [];
  for await (const piece of documentText(document)) pieces.push(piece);
  return pieces;
}

it('a snapshot in pieces is what JSON.stringify says of it', async () => {
  const members = fc.dictionary(fc.string(), fc.oneof(fc.array(fc.jsonValue()), fc.jsonValue()));
  await fc.assert(
    fc.asyncProperty(members, async (rest) => {
      const document = { ...rest, timestamp: '2026-03-14T10:00:00Z' };
      expect((await piecesOf(document)).join('')).toBe(JSON.stringify(document));
    }),
  );
});

it('a large snapshot is never one text', async () => {
  const document = {
    timestamp: '2026-03-14T10:00:00Z',
    docker_hub: Array.from({ length: 5_000 }, (_, at) => ({ repo: `acme/image-${at}`, pull_count: at })),
  };

  const pieces = await piecesOf(document);

  expect(pieces.length).toBeGreaterThan(2);
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(70_000);
});
