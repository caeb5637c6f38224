/**
 * The rows of some images in a day's file, without parsing the others: they are searched for in the lines as this program and the Go tool write
 * them, and count only where the index knows the same totals of the same file. Otherwise the file has to be parsed.
 */
import { asSnapshotDocument, parseReadings, type SnapshotDocument } from '../../core/document/snapshot.ts';
import { isRow, rowShape } from '../../core/document/snapshot-row.ts';
import type { Day } from '../../core/model/day.ts';
import type { ImageName } from '../../core/model/image.ts';
import type { SeriesQuery } from '../../core/model/query.ts';
import type { DayFolder } from './day-folder.ts';
import type { FileStamp } from './file-system.ts';
import type { Index } from './index.ts';

export interface IndexedFiles {
  readonly folder: Pick<DayFolder, 'stamp' | 'bytes'>;
  readonly index: Pick<Index, 'imagesOn' | 'isKnownOn'>;
  /** Of every file that the index was made from. */
  readonly stamps: ReadonlyMap<Day, FileStamp>;
}

/** Of more images all rows are parsed at once. */
const maxNames = 10;

/** A document with the rows of these images and nothing else; undefined where that cannot be told from its lines. */
export async function readRows(
  { folder, index, stamps }: IndexedFiles,
  day: Day,
  { repos }: SeriesQuery,
): Promise<SnapshotDocument | undefined> {
  if (!repos || repos.size > maxNames) return undefined;
  const stamp = await folder.stamp(day);
  if (!stamp || stamp.text !== stamps.get(day)?.text) return undefined;
  const images = index.imagesOn(day, repos);
  if (images.length === 0) return asSnapshotDocument({}, day);
  const bytes = await folder.bytes(day);
  const document = bytes && findRows(bytes, day, images);
  if (!document) return undefined;
  const readings = parseReadings(document);
  return readings.length === images.length && readings.every((reading) => index.isKnownOn(day, reading)) ? document : undefined;
}

const headOf = /^\{\n {2}"timestamp": ("[^"\\\n]*"),\n/;
const headBytes = 200;
const rowBegin = '\n    {\n      ';
const rowEnd = '\n    }';
const rowIndent = '\n    '.length;

function findRows(bytes: Buffer, day: Day, images: readonly ImageName[]): SnapshotDocument | undefined {
  const [, timestamp] = headOf.exec(bytes.toString('latin1', 0, headBytes)) ?? [];
  if (timestamp === undefined) return undefined;
  const members = membersIn(bytes, images);
  const rows: Record<string, unknown[]> = {};
  try {
    for (const text of new Set(images.map(nameLine))) {
      for (let at = bytes.indexOf(text); at !== -1; at = bytes.indexOf(text, at + text.length)) {
        const member = members.findLast(({ begin }) => begin < at)?.name;
        const end = bytes.indexOf(rowEnd, at);
        if (member === undefined || end === -1) return undefined;
        (rows[member] ??= []).push(JSON.parse(bytes.toString('utf8', at + rowIndent, end + rowEnd.length)));
      }
    }
    // Rows without a time of their own have that of the document, which may be in a place of its own.
    const isUndated = Object.values(rows).some((own) => own.some((row) => !isRow(row) || row['read_at'] === undefined));
    if (isUndated && bytes.includes('\n  "read_at": ')) return undefined;
    return asSnapshotDocument({ timestamp: JSON.parse(timestamp), ...rows }, day);
  } catch {
    return undefined;
  }
}

/** Where the lists of these registries begin, in their order. */
function membersIn(bytes: Buffer, images: readonly ImageName[]): { readonly name: string; readonly begin: number }[] {
  const names = [...new Set(images.map(({ registry }) => rowShape(registry).member))];
  const members = names.map((name) => ({ name, begin: bytes.indexOf(`\n  ${JSON.stringify(name)}: [\n`) }));
  return members.filter(({ begin }) => begin !== -1).toSorted((a, b) => a.begin - b.begin);
}

/** How the row of an image begins. */
function nameLine({ registry, repo }: ImageName): string {
  return `${rowBegin}"${rowShape(registry).repoField}": ${JSON.stringify(repo)}`;
}
