/** JSON that PostgreSQL takes: it stores neither the NUL character nor half a surrogate pair, and one odd tag must not keep a whole save away. */
export function storableJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === 'string' ? storable(part) : part));
}

/** What cannot be stored becomes U+FFFD, as in text that was decoded wrongly. */
export function storable(text: string): string {
  return text.replaceAll('\0', '\ufffd').replace(/\p{Surrogate}/gu, '\ufffd');
}
