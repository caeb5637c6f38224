/** The rows of a snapshot document, in the Go tool's shape: from a reading to its row and back. */
import { isDay, type Day } from '../model/day.ts';
import { canonicalRepo } from '../model/image-ref.ts';
import { isMark, type Mark } from '../model/mark.ts';
import { withoutAttachments } from '../model/tag.ts';
import { isPullCount, type Discrepancy, type Observed, type Platform, type Reading, type Tag, type TagsNote } from '../model/reading.ts';

export type Row = Readonly<Record<string, unknown>>;

/** How one registry's rows are written. */
export interface RowShape {
  readonly member: string;
  readonly repoField: string;
  readonly countField: string;
  readonly updatedField: string;
  /** Whether the row always has `last_updated` and `tags`, empty or null when unknown (the Go tool's reader expects them). */
  readonly fullRow: boolean;
  /** Whether a 0 without `read_at` is a read that failed (the Go tool stored it so). */
  readonly zeroMayMeanUnread: boolean;
}

export const dockerHub: RowShape = {
  member: 'docker_hub',
  repoField: 'repo',
  countField: 'pull_count',
  updatedField: 'last_updated',
  fullRow: true,
  zeroMayMeanUnread: false,
};
export const ghcr: RowShape = {
  member: 'ghcr',
  repoField: 'package',
  countField: 'download_count',
  updatedField: 'last_published',
  fullRow: false,
  zeroMayMeanUnread: true,
};

export function rowShape(registry: string): RowShape {
  if (registry === 'dockerhub') return dockerHub;
  if (registry === 'ghcr') return ghcr;
  return { ...dockerHub, member: registry, fullRow: false };
}

/** The registry whose rows a document's member holds. */
export function toRegistry(member: string): string {
  return member === dockerHub.member ? 'dockerhub' : member;
}

/**
 * The fields that say each mark; a row has a mark when it has all of them. Earlier versions read them too. Of several marks that fit the
 * first one here counts.
 */
const markFields: Readonly<Record<Mark, Row>> = {
  frozen: { doubt: 'frozen' },
  inconsistent: { doubt: 'inconsistent' },
  backfilled: { backfilled: true, closed: true },
  estimated: { backfilled: true },
  imported: { imported: true },
  closed: { closed: true },
  read: {},
};
/** Fields that belong to one total, and go with it. */
const totalFields = new Set([
  ...Object.values(markFields).flatMap((fields) => Object.keys(fields)),
  'observed',
  'day_pulls',
  'discrepancy',
]);
const marksByPriority = Object.keys(markFields).filter(isMark);

function parseMark(written: Row): Mark {
  // What versions before 1.1 called it.
  const row = written['doubt'] === 'restated' ? { ...written, doubt: 'inconsistent' } : written;
  return marksByPriority.find((mark) => Object.entries(markFields[mark]).every(([field, value]) => row[field] === value)) ?? 'read';
}

/** The reading that a row holds; undefined without a name or a real total. `undatedAt`: when rows without a time of their own were read. */
export function parseReading(registry: string, row: Row, undatedAt: string): Reading | undefined {
  const shape = rowShape(registry);
  const repo = text(row[shape.repoField]);
  const pullCount = row[shape.countField];
  if (repo === undefined || !isPullCount(pullCount)) return undefined;
  const readAt = instant(row['read_at']);
  if (pullCount === 0 && shape.zeroMayMeanUnread && readAt === undefined) return undefined;
  const tags = parseTags(row['tags']);
  // The Go tool read all tags and did not count them. A row of ours without a number is one whose tags were not read whole.
  const tagCount = count(row['tag_count']) ?? (readAt === undefined ? tags?.length : undefined);
  return withoutAttachments({
    registry,
    repo: canonicalRepo(repo),
    pullCount,
    readAt: readAt ?? undatedAt,
    lastUpdated: text(row[shape.updatedField]),
    tagCount,
    tags,
    tagsCut: count(row['tags_cut']),
    tagsNote: parseTagsNote(row),
    totalSince: day(row['total_since']),
    mark: parseMark(row),
    ...parseNote(row),
  });
}

function parseTagsNote(row: Row): TagsNote | undefined {
  const [hash, since] = [text(row['tags_hash']), day(row['tags_since'])];
  return hash === undefined && since === undefined ? undefined : { hash, since };
}

/** Fields that say something of the tags which the row has, or of those which it has not. */
const tagsNoteFields = new Set(['tags_cut', 'tags_hash', 'tags_since']);

/** The row of a reading. Fields that the reading does not have are taken from the row before. */
export function toRow(reading: Reading, before: Row = {}): Row {
  const shape = rowShape(reading.registry);
  const { tags, tagsCut, tagsNote } = reading;
  const hasTags = tags !== undefined || tagsCut !== undefined || tagsNote !== undefined;
  const isCutWhole = tags === undefined && tagsCut !== undefined;
  const isGone = (field: string): boolean => (hasTags && tagsNoteFields.has(field)) || (isCutWhole && field === 'tags');
  const isKept = (field: string): boolean => field !== shape.repoField && !totalFields.has(field) && !isGone(field);
  const kept = Object.fromEntries(Object.entries(before).filter(([field]) => isKept(field)));
  return {
    [shape.repoField]: reading.repo,
    ...(shape.fullRow ? { last_updated: '', tags: null, pull_count: 0 } : {}),
    ...kept,
    [shape.countField]: reading.pullCount,
    ...defined({
      [shape.updatedField]: reading.lastUpdated,
      tags: tags && toTagRows(tags, reading.registry, kept['tags']),
      tag_count: reading.tagCount,
      tags_cut: tagsCut,
      tags_hash: tagsNote?.hash,
      tags_since: tagsNote?.since,
      read_at: reading.readAt,
      total_since: reading.totalSince,
    }),
    ...markFields[reading.mark ?? 'read'],
    ...toNoteRow(reading),
  };
}

/** What is known of a total beside itself. */
export type Note = Pick<Reading, 'observed' | 'dayPulls' | 'discrepancy'>;

export function parseNote(row: Row): Note {
  return {
    observed: parseObserved(row['observed']),
    dayPulls: count(row['day_pulls']),
    discrepancy: parseDiscrepancy(row['discrepancy']),
  };
}

/** The fields of a row that hold the note of a reading. */
export function toNoteRow({ observed, dayPulls, discrepancy }: Note): Row {
  return defined({
    observed: observed && { pull_count: observed.pullCount, read_at: observed.readAt },
    day_pulls: dayPulls,
    discrepancy: discrepancy && { ...discrepancy },
  });
}

function parseObserved(value: unknown): Observed | undefined {
  if (!isRow(value)) return undefined;
  const [pullCount, readAt] = [count(value['pull_count']), instant(value['read_at'])];
  return pullCount === undefined || readAt === undefined ? undefined : { pullCount, readAt };
}

function parseDiscrepancy(value: unknown): Discrepancy | undefined {
  if (!isRow(value)) return undefined;
  const { kind, by } = value;
  const since = instant(value['since']);
  if ((kind !== 'frozen' && kind !== 'inconsistent') || !Number.isSafeInteger(by) || since === undefined) return undefined;
  return { kind, by: Number(by), since };
}

/** The tags of a row; undefined when they were not read. */
export function parseTags(rows: unknown): readonly Tag[] | undefined {
  return Array.isArray(rows) ? rowsIn(rows).map(parseTag) : undefined;
}

function parseTag(row: Row): Tag {
  return {
    name: text(row['name']) ?? '',
    lastUpdated: text(row['last_updated']),
    digest: text(row['digest']),
    fullSize: size(row['full_size']),
    platforms: Array.isArray(row['images']) ? rowsIn(row['images']).map(parsePlatform) : undefined,
    pullCount: count(row['pull_count']),
    versionId: text(row['version_id']),
  };
}

function parsePlatform(row: Row): Platform {
  return {
    architecture: text(row['architecture']) ?? '',
    os: text(row['os']) ?? '',
    variant: text(row['variant']),
    digest: text(row['digest']),
    size: size(row['size']),
  };
}

/** The rows of tags, with the unknown fields of the rows before. */
export function toTagRows(tags: readonly Tag[], registry: string, before?: unknown): Row[] {
  const { fullRow } = rowShape(registry);
  const rows = new Map(rowsIn(before).map((row) => [row['name'], row]));
  return tags.map((tag) => ({
    name: tag.name,
    ...(fullRow ? { last_updated: '', digest: '' } : {}),
    ...defined({ last_updated: tag.lastUpdated, digest: tag.digest }),
    ...(tag.platforms?.length ? { images: toPlatformRows(tag.platforms, rows.get(tag.name)?.['images']) } : {}),
    ...(fullRow ? { full_size: 0 } : {}),
    ...defined({ full_size: tag.fullSize, pull_count: tag.pullCount, version_id: tag.versionId }),
    ...unknownFields(rows.get(tag.name), tagFields),
  }));
}

const tagFields = new Set(['name', 'last_updated', 'digest', 'images', 'full_size', 'pull_count', 'version_id']);
const platformFields = new Set(['architecture', 'os', 'digest', 'size', 'variant']);

/** Fields that another version of this program stored. */
function unknownFields(row: Row = {}, known: ReadonlySet<string>): Row {
  return Object.fromEntries(Object.entries(row).filter(([field]) => !known.has(field)));
}

function toPlatformRows(platforms: readonly Platform[], before: unknown): Row[] {
  const nameOf = ({ architecture, os, variant }: Row | Platform): string => [architecture, os, variant].map(String).join('/');
  const rows = new Map(rowsIn(before).map((row) => [nameOf(row), row]));
  return platforms.map((platform) => ({
    architecture: platform.architecture,
    os: platform.os,
    digest: platform.digest ?? '',
    size: platform.size ?? 0,
    ...defined({ variant: platform.variant }),
    ...unknownFields(rows.get(nameOf(platform)), platformFields),
  }));
}

function rowsIn(value: unknown): Row[] {
  return Array.isArray(value) ? value.filter(isRow) : [];
}

/** The row without the members that have no value. */
export function defined(fields: Row): Row {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** Whether the value is a JSON object. */
export function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text that is not empty. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function day(value: unknown): Day | undefined {
  return typeof value === 'string' && isDay(value) ? value : undefined;
}

function count(value: unknown): number | undefined {
  return isPullCount(value) ? value : undefined;
}

/** The Go tool's shape always has a size and writes 0 for one that is not known. */
function size(value: unknown): number | undefined {
  return count(value) || undefined;
}

/** A text that is a moment. */
export function instant(value: unknown): string | undefined {
  const written = text(value);
  return written === undefined || Number.isNaN(Date.parse(written)) ? undefined : written;
}
