/** JSON that PostgreSQL takes: it stores neither the NUL character nor half a surrogate pair, and one odd tag must not keep a whole save away. */
export function storableJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === 'string' ? storable(part) : part));
}

/** Hardly any text has it: one look is cheaper than two replacements. */
const odd = /[\0\p{Surrogate}]/u;

/** What cannot be stored becomes U+FFFD, as in text that was decoded wrongly. */
export function storable(text: string): string {
  return odd.test(text) ? text.replaceAll('\0', '\ufffd').replace(/\p{Surrogate}/gu, '\ufffd') : text;
}
