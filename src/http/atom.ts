/** An Atom feed (RFC 4287) as text. */
import { createHash } from 'node:crypto';

export interface AtomEntry {
  /** What makes it the same entry for ever. */
  readonly identity: readonly string[];
  readonly title: string;
  /** ISO 8601 moment. */
  readonly updated: string;
  /** Absolute. */
  readonly link: string;
  readonly category: string;
}

export interface AtomFeed {
  readonly title: string;
  /** ISO 8601 moment. */
  readonly updated: string;
  /** Absolute address of the feed: its id too. */
  readonly self: string;
  /** Absolute address of the page that shows the same. */
  readonly page: string;
  readonly generatorVersion: string;
  readonly entries: readonly AtomEntry[];
}

export const atomType = 'application/atom+xml; charset=utf-8';

export function* atomChunks({ title, updated, self, page, generatorVersion, entries }: AtomFeed): Generator<string> {
  yield `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
<id>${escaped(self)}</id>
<title>${escaped(title)}</title>
<updated>${moment(updated)}</updated>
<link rel="self" type="application/atom+xml" href="${escaped(self)}"/>
<link rel="alternate" type="text/html" href="${escaped(page)}"/>
<author><name>registry-stats</name></author>
<generator version="${escaped(generatorVersion)}">registry-stats</generator>
`;
  for (const entry of entries) {
    yield `<entry>
<id>urn:uuid:${uuidOf(entry.identity)}</id>
<title>${escaped(entry.title)}</title>
<updated>${moment(entry.updated)}</updated>
<link rel="alternate" type="text/html" href="${escaped(entry.link)}"/>
<category term="${escaped(entry.category)}"/>
<content type="text">${escaped(entry.title)}</content>
</entry>
`;
  }
  yield '</feed>\n';
}

/** RFC 3339, as Atom wants it. */
function moment(time: string): string {
  return new Date(time).toISOString();
}

/** A name-based UUID (RFC 9562, version 8). */
function uuidOf(identity: readonly string[]): string {
  const bytes = createHash('sha256').update(JSON.stringify(identity)).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** For an element or an attribute; what XML 1.0 has no character for is shown as �. */
function escaped(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '�')
    .replaceAll(/[&<>"]/g, (character) => entities[character] ?? character);
}
