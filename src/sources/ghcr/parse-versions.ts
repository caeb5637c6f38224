/** Reads the list "Recent tagged image versions" of a package's page. Decoration: what is unclear is left out, nothing fails. */
import { isTagName } from '../../core/model/image-ref.ts';
import { isPullCount, type Tag } from '../../core/model/reading.ts';
import { isAttachment, isNewer } from '../../core/model/tag.ts';
import { attribute, labeled, textBefore, type Page, type PageElement } from './page.ts';

export interface PackageVersion {
  readonly versionId: string;
  readonly digest?: string | undefined;
  /** Absent where the page prints a rounded number. */
  readonly pullCount?: number | undefined;
  readonly tags: readonly string[];
}

interface TagLink {
  readonly versionId: string;
  readonly tag: string;
}

const downloadsLabel = 'Version downloads';
const versionPath = /\/packages\/container\/[^/]+\/(\d{1,20})$/;
const digestText = /^sha256:[0-9a-f]{64}$/;
const groupedCount = /^(?:\d{1,15}|\d{1,3}(?:,\d{3}){1,4})$/;

/** The rows of the list in the page's order. A row whose links name two versions is left out. */
export function parseVersions(page: Page): PackageVersion[] {
  const versions: PackageVersion[] = [];
  for (const row of rowsOf(page)) {
    const links = row.flatMap((element) => tagLinkOf(element) ?? []);
    const [first] = links;
    if (!first || links.some(({ versionId }) => versionId !== first.versionId)) continue;
    const tags = Array.from(new Set(links.map(({ tag }) => tag)));
    versions.push({ versionId: first.versionId, digest: digestOf(row), pullCount: pullCountOf(page, row), tags });
  }
  return versions;
}

/**
 * One entry a tag, without signatures and attestations: all five versions may be such, because cosign signs the index and each platform
 * (zeroclaw's page; backblaze-labs/b2-mcp#350). A tag that two versions name belongs to the newer one, which comes first.
 */
export function tagsOf(versions: readonly PackageVersion[]): Tag[] {
  const tags = new Map<string, Tag>();
  for (const { versionId, digest, pullCount, tags: names } of versions) {
    for (const name of names) {
      if (!isAttachment({ name }) && !tags.has(name)) tags.set(name, { name, digest, versionId, pullCount });
    }
  }
  return Array.from(tags.values());
}

/** The id of the newest version, also where that only carries a signature; ids grow. */
export function newestVersionId(versions: readonly PackageVersion[]): string | undefined {
  return versions
    .map(({ versionId }) => versionId)
    .reduce<string | undefined>((newest, id) => (newest !== undefined && isNewer(newest, id) ? newest : id), undefined);
}

/** The elements of each list row, without those of a row inside it. */
function rowsOf(page: Page): PageElement[][] {
  const rowByElement = new Map<PageElement, PageElement[]>();
  const rows: PageElement[][] = [];
  for (const element of page.elements) {
    const outer = element.parent ? rowByElement.get(element.parent) : undefined;
    const row = element.tagName === 'LI' ? [] : outer;
    if (!row) continue;
    if (row !== outer) rows.push(row);
    row.push(element);
    rowByElement.set(element, row);
  }
  return rows;
}

/** A link like `/users/acme/packages/container/charts%2Fapp/123?tag=1.0`. */
function tagLinkOf(element: PageElement): TagLink | undefined {
  const href = element.tagName === 'A' ? attribute(element, 'href') : undefined;
  if (!href?.includes('?tag=') || !URL.canParse(href, 'https://github.com')) return undefined;
  const { pathname, searchParams } = new URL(href, 'https://github.com');
  const versionId = versionPath.exec(pathname)?.[1];
  const tag = searchParams.get('tag') ?? '';
  return versionId !== undefined && isTagName(tag) ? { versionId, tag } : undefined;
}

function digestOf(row: readonly PageElement[]): string | undefined {
  const copied = row.filter((element) => element.tagName === 'CLIPBOARD-COPY').map((element) => attribute(element, 'value') ?? '');
  const digests = new Set(copied.filter((value) => digestText.test(value)));
  const [digest] = digests;
  return digests.size === 1 ? digest : undefined;
}

/** The number before the label, exact with commas from 1,000 on; "1.2K" would be no exact count. */
function pullCountOf(page: Page, row: readonly PageElement[]): number | undefined {
  const labels = labeled(page, row, downloadsLabel);
  const [label] = labels;
  if (!label || labels.length > 1) return undefined;
  const printed = textBefore(label);
  if (!groupedCount.test(printed)) return undefined;
  const count = Number(printed.replaceAll(',', ''));
  return isPullCount(count) ? count : undefined;
}
