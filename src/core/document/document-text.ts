/** The compact text of a snapshot document, in pieces: a large one is never one text. */
import type { SnapshotDocument } from './snapshot.ts';

const pieceLength = 65_536;

/** What JSON.stringify says of the document, row by row. */
export async function* documentText(document: SnapshotDocument): AsyncGenerator<string> {
  yield* textOfMembers(Object.entries(document).map(([member, value]) => [member, Array.isArray(value) ? batchesOf(value) : value]));
}

async function* batchesOf(rows: readonly unknown[]): AsyncGenerator<readonly unknown[]> {
  yield rows;
}

/** What JSON.stringify says of an object with these members; the rows of some come in batches, as they are taken. */
export async function* textOfMembers(members: Iterable<readonly [string, unknown]>): AsyncGenerator<string> {
  let piece = '{';
  let separator = '';
  for (const [member, value] of members) {
    piece += `${separator}${JSON.stringify(member)}:`;
    separator = ',';
    if (!isBatches(value)) {
      piece += JSON.stringify(value);
      continue;
    }
    piece += '[';
    let isFirst = true;
    for await (const rows of value) {
      for (const row of rows) {
        piece += (isFirst ? '' : ',') + JSON.stringify(row);
        isFirst = false;
        if (piece.length < pieceLength) continue;
        yield piece;
        piece = '';
      }
    }
    piece += ']';
  }
  yield `${piece}}`;
}

function isBatches(value: unknown): value is AsyncIterable<readonly unknown[]> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
