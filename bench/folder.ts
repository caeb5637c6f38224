/** Folders of snapshots in the Go tool's format, the same each time. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mergeEvents } from '../src/core/document/snapshot-events.ts';
import { mergeReadings } from '../src/core/document/snapshot.ts';
import { addDays } from '../src/core/model/day.ts';
import type { RecordedEvent } from '../src/core/model/event.ts';
import type { Reading } from '../src/core/model/reading.ts';
import { formatDocument } from '../src/store/json-files/day-file.ts';

export interface FolderSize {
  readonly images: number;
  readonly days: number;
  /** Tags of each image on Docker Hub. */
  readonly tags: number;
  /** Whether each image is on GHCR too. */
  readonly ghcr: boolean;
}

const dayMs = 86_400_000;

/** The day so many days ago. */
export function dayAgo(days: number): string {
  return new Date(Date.now() - days * dayMs).toISOString().slice(0, 10);
}

/** Writes one file a day, up to the last one, which is today where not given; resolves to their bytes in all. */
export async function writeFolder(directory: string, { images, days, tags, ghcr }: FolderSize, lastDay = dayAgo(0)): Promise<number> {
  await mkdir(directory, { recursive: true });
  let bytes = 0;
  for (let ago = days - 1; ago >= 0; ago -= 1) {
    const day = addDays(lastDay, -ago);
    const at = days - ago;
    const hub = Array.from({ length: images }, (_, image) => ({
      repo: name(image),
      last_updated: `${day}T08:00:00.000000Z`,
      tags: Array.from({ length: tags }, (__, tag) => tagRow(image, tag, day)),
      pull_count: totalAt(image, at),
    }));
    const packages = Array.from({ length: ghcr ? images : 0 }, (_, image) => ({
      package: name(image),
      download_count: totalAt(image + 7, at),
    }));
    const text = JSON.stringify({ timestamp: `${day}T23:10:11.123Z`, docker_hub: hub, ...(ghcr ? { ghcr: packages } : {}) }, null, 2);
    bytes += Buffer.byteLength(text);
    await writeFile(join(directory, `${day}.json`), text);
  }
  return bytes;
}

export interface OwnFolderSize extends Pick<FolderSize, 'images' | 'days'> {
  /** Whether a tag of each image is pushed every day. */
  readonly arePushed?: boolean | undefined;
}

/** Rows as this program writes them: half of the images on GHCR with counted days, half on Docker Hub whose tags are stored once a week. */
export async function writeOwnFolder(directory: string, { images, days, arePushed = false }: OwnFolderSize): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (let ago = days - 1; ago >= 0; ago -= 1) {
    const readings = Array.from({ length: images }, (_, image) => ownReading(image, ago, days));
    const document = mergeReadings(undefined, readings);
    const events = arePushed ? readings.map((reading) => pushOf(reading, days - ago)) : [];
    await writeFile(join(directory, `${dayAgo(ago)}.json`), formatDocument(events.length > 0 ? mergeEvents(document, events) : document));
  }
}

function pushOf({ registry, repo, readAt }: Reading, version: number): RecordedEvent {
  const time = `${readAt.slice(0, 10)}T08:00:00.000000Z`;
  return { time, seenAt: readAt, registry, repo, kind: 'tag_pushed', detail: `1.${version}.0, latest` };
}

function ownReading(image: number, ago: number, days: number): Reading {
  const day = dayAgo(ago);
  const known = {
    repo: `owner-${image % 100}/app-${image}`,
    pullCount: totalAt(image, days - ago),
    readAt: `${day}T10:00:11.123Z`,
    tagCount: 5,
    lastUpdated: `${addDays(day, -3)}T08:00:00Z`,
  };
  if (image % 2 === 1) return { ...known, registry: 'ghcr', mark: 'closed', dayPulls: 17 + ((image * 31) % 400) };
  const tags = ago % 7 === image % 7 ? [{ name: 'v1.0.0', lastUpdated: `${day}T08:00:00Z`, fullSize: 28_311_552 }] : undefined;
  return { ...known, registry: 'dockerhub', tags, tagsNote: tags && { hash: `1 ${image}` } };
}

export function name(image: number): string {
  return `acme/image-${image}`;
}

/** On the so-and-so-manieth day of a folder. */
export function totalAt(image: number, day: number): number {
  return 1_000 * (image + 1) + day * (17 + ((image * 31) % 400)) + ((day * day * (image + 3)) % 97);
}

function tagRow(image: number, tag: number, day: string): object {
  const digest = `sha256:${String(image * 1_000 + tag).padStart(64, '0')}`;
  return {
    name: `v1.${tag}.0`,
    last_updated: `${day}T08:00:00.000000Z`,
    digest,
    images: [{ architecture: 'amd64', os: 'linux', digest, size: 28_311_552 + tag }],
    full_size: 28_311_552 + tag,
  };
}
