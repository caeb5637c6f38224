/** A small reader of SVG that refuses what is not well formed. */

/** What a document is made of, each once: its elements, and its attributes as `element@attribute`. */
export type SvgShape = ReadonlySet<string>;

const tag = /<(\/?)([A-Za-z][\w:]*)((?:\s+[A-Za-z][\w:-]*="[^"<]*")*)\s*(\/?)>/y;
const text = /[^<>]+/y;

/** @throws Error where the document is not well-formed XML, or has a comment, an instruction or CDATA */
export function shapeOf(svg: string): SvgShape {
  if (/(?![\t\n\r])\p{Cc}|[\uFFFE\uFFFF]|\p{Cs}/u.test(svg)) throw new Error('a character that is invalid in XML');
  if (/&(?!(?:amp|lt|gt|quot|apos|#\d+);)/.test(svg)) throw new Error('an ampersand that is none');
  const shape = new Set<string>();
  const open: string[] = [];
  let roots = 0;
  for (let at = 0; at < svg.length;) {
    tag.lastIndex = at;
    const [all, closing, name = '', attributes = '', empty] = tag.exec(svg) ?? [];
    if (all === undefined) {
      text.lastIndex = at;
      const [between] = text.exec(svg) ?? [];
      if (between === undefined || (open.length === 0 && between.trim() !== ''))
        throw new Error(`not well formed at ${svg.slice(at, at + 40)}`);
      at += between.length;
      continue;
    }
    at += all.length;
    if (closing === '/') {
      if (open.pop() !== name) throw new Error(`</${name}> closes another element`);
      continue;
    }
    if (open.length === 0) roots += 1;
    addTo(shape, name, attributes);
    if (empty !== '/') open.push(name);
  }
  if (open.length > 0 || roots !== 1) throw new Error(`${roots} roots, and not closed: ${open.join()}`);
  return shape;
}

function addTo(shape: Set<string>, name: string, attributes: string): void {
  const names = Array.from(attributes.matchAll(/([\w:-]+)="[^"]*"/g), ([, attribute = '']) => `${name}@${attribute}`);
  if (new Set(names).size < names.length) throw new Error(`<${name}> has an attribute twice`);
  for (const each of [name, ...names]) shape.add(each);
}
