/** Text and numbers in an SVG document. */

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Without invisible characters: some control characters are invalid in XML, others reverse the text. */
export function printable(text: string): string {
  return text.replaceAll(/\p{C}/gu, '');
}

/** For an element or an attribute. */
export function escaped(text: string): string {
  return printable(text).replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** A coordinate, to a tenth of a pixel. */
export function pixel(value: number): string {
  return String(Math.round(value * 10) / 10);
}
