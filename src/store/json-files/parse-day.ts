/**
 * From the bytes of a day's file to its document. Nearly all of a file are tags, of which most readers need none: lists of tags that nobody
 * wants are cut out before the rest is parsed, which takes a fraction of the time and memory.
 */
import { isUtf8 } from 'node:buffer';
import { asSnapshotDocument, type SnapshotDocument } from '../../core/document/snapshot.ts';
import { isRow } from '../../core/document/snapshot-row.ts';
import type { Day } from '../../core/model/day.ts';
import { AppError } from '../../core/model/errors.ts';
import { canonicalRepo } from '../../core/model/image-ref.ts';

/** The images, as `owner/name`, whose tags are wanted. */
export type WantedTags = ReadonlySet<string>;

/** What stands in a row for tags that were cut out; it means none to whoever reads it. */
const cutTags = 0;

export type ParsedDay = { readonly document: SnapshotDocument } | { readonly reason: string };

/** A snapshot has six. JSON.parse takes any depth, but JSON.stringify overflows its stack at some thousands (Node 20 to 26). */
const maxDepth = 100;

/** The document, or why it is none. Damage inside of tags that are cut out is not seen. */
export function parseDay(bytes: Uint8Array, day: Day, wanted?: WantedTags): ParsedDay {
  if (bytes.length === 0) return { reason: 'empty' };
  // What cannot be parsed in part is parsed whole, or says what is wrong with all of it.
  const part = wanted && parsePart(bytes, day, wanted);
  return part ?? parseWhole(bytes, day);
}

function parseWhole(bytes: Uint8Array, day: Day): ParsedDay {
  try {
    const json: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (isDeeper(json, maxDepth)) return { reason: `nested deeper than ${maxDepth} levels` };
    return { document: asSnapshotDocument(json, day) };
  } catch (error) {
    return { reason: error instanceof AppError ? error.message : 'not JSON in UTF-8' };
  }
}

function parsePart(bytes: Uint8Array, day: Day, wanted: WantedTags): ParsedDay | undefined {
  // A block of zeros is what a file system leaves of one that it lost.
  if (!isUtf8(bytes) || bytes.includes(0)) return undefined;
  const parsed = parseWhole(withoutTags(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), wanted), day);
  return 'document' in parsed ? parsed : undefined;
}

/**
 * Lines as the Go tool and this program write them: the rows of a registry are four spaces deep, and their fields six. No line break is
 * ever inside of a JSON text, so that these lines mean nothing else; where brackets did not match, the rest would not be JSON.
 */
const tagsBegin = Buffer.from('\n      "tags": [\n');
const tagsEnd = Buffer.from('\n      ]');
const rowBegin = Buffer.from('\n    {');
/** What follows the tags of a row of Docker Hub. What begins with a rare letter is found many times faster: most of a file are blanks. */
const fieldAfterTags = Buffer.from('pull_count"');
const countBeforeTags = Buffer.from('_count"');
const fieldIndent = Buffer.from('\n      "');
const attachment = Buffer.from('"sha256-');
const inAttachment = Buffer.from('256-');
const nameField = /"(?:repo|package)": "([^"\\]+)"/;

function withoutTags(bytes: Buffer, wanted: WantedTags): Buffer {
  const pieces: Buffer[] = [];
  let from = 0;
  for (;;) {
    const found = bytes.indexOf(tagsBegin, from);
    const end = found === -1 ? -1 : endOfTags(bytes, found);
    if (end === -1) break;
    const begin = found + tagsBegin.length - 2;
    if (isCut(bytes, { found, end, from }, wanted)) pieces.push(bytes.subarray(from, begin), Buffer.from(String(cutTags)));
    else pieces.push(bytes.subarray(from, end));
    from = end;
  }
  return pieces.length === 0 ? bytes : Buffer.concat([...pieces, bytes.subarray(from)]);
}

/** Where a list ends; -1 where it does not. */
function endOfTags(bytes: Buffer, found: number): number {
  const from = found + tagsBegin.length - 1;
  // Where the total comes before the tags, the next field of that name is one of another row.
  const isLast = bytes.subarray(Math.max(0, bytes.lastIndexOf(rowBegin, found)), found).includes(countBeforeTags);
  const next = isLast ? -1 : bytes.indexOf(fieldAfterTags, from);
  const indent = next - fieldIndent.length;
  if (indent > from && bytes.compare(fieldIndent, 0, fieldIndent.length, indent, next) === 0) {
    const before = indent - tagsEnd.length - 1;
    if (bytes.compare(tagsEnd, 0, tagsEnd.length, before, indent - 1) === 0 && before >= from) return indent - 1;
  }
  const end = bytes.indexOf(tagsEnd, from);
  return end === -1 ? -1 : end + tagsEnd.length;
}

interface TagLines {
  /** Where the list begins and ends. */
  readonly found: number;
  readonly end: number;
  /** Where the list before it ended. */
  readonly from: number;
}

function isCut(bytes: Buffer, { found, end, from }: TagLines, wanted: WantedTags): boolean {
  if (wanted.size > 0) {
    const row = bytes.lastIndexOf(rowBegin, found);
    if (row < from) return false;
    const [, name] = nameField.exec(bytes.toString('latin1', row, found)) ?? [];
    if (name === undefined || wanted.has(canonicalRepo(name))) return false;
  }
  // How many of them there are besides attachments is only known when all are read.
  const list = bytes.subarray(found, end);
  return !list.includes(inAttachment) || !list.includes(attachment);
}

/** What is missing of a document: for each row a name of its list, and of rows of the Go tool also of the length of it. */
export function* missingIn(document: SnapshotDocument): Generator<string> {
  for (const [member, rows] of Object.entries(document)) {
    if (!Array.isArray(rows)) continue;
    for (const row of rows) {
      if (!isRow(row) || row['tags'] !== cutTags) continue;
      const name = `${member} ${String(row['repo'] ?? row['package'])}`;
      yield name;
      if (row['read_at'] === undefined) yield `${name} length`;
    }
  }
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) return value.some((each) => isDeeper(each, levels - 1));
  return Object.values(value).some((each) => isDeeper(each, levels - 1));
}
