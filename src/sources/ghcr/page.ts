/** Turns a web page into its visible elements with their texts, and never into more than a browser would show. */
import { HTMLElement, parse, TextNode } from 'node-html-parser';
import { AppError } from '../../core/model/errors.ts';

export interface Page {
  /** In document order: parents before what they hold. What stands in comments, scripts, templates and the like is not there. */
  readonly elements: readonly HTMLElement[];
  /** The element's full text, white space collapsed, cut after `maxTextLength` characters. */
  readonly textOf: (element: HTMLElement) => string;
}

const maxTextLength = 200;
const hiddenMarkup = /<!--|<!\[CDATA\[|<[!?]|<(script|style|textarea|title|noscript|iframe|noembed|noframes|xmp)(?=[\s/>])/gi;
const headingName = /^H[1-6]$/;

/** @throws AppError invalid_response for a page that ends too early, or that the parser gives up on */
export function parsePage(html: string): Page {
  const visible = withoutHidden(html);
  try {
    // Unclosed tags are kept as elements: dropping them would lift their text to where it was not.
    const root = parse(visible, { parseNoneClosedTags: true, blockTextElements: {} });
    const elements = elementsIn(root);
    const texts = textsOf(elements);
    return { elements, textOf: (element) => texts.get(element) ?? '' };
  } catch (error) {
    throw new AppError('invalid_response', 'the web page could not be parsed', { cause: error });
  }
}

/** The visible elements inside this one, in document order. Without recursion: a broken page may nest very deep. */
export function elementsIn(container: HTMLElement): HTMLElement[] {
  const found: HTMLElement[] = [];
  const pending = container.children.toReversed();
  for (let element = pending.pop(); element; element = pending.pop()) {
    if (element.tagName === 'TEMPLATE') continue;
    found.push(element);
    for (const child of element.children.toReversed()) pending.push(child);
  }
  return found;
}

/** The innermost elements whose whole text is exactly this. */
export function labelled(page: Page, elements: readonly HTMLElement[], text: string): HTMLElement[] {
  return elements.filter(
    (element) =>
      page.textOf(element) === text && !element.children.some((child) => child.tagName !== 'TEMPLATE' && page.textOf(child) === text),
  );
}

export function isHeading(element: HTMLElement): boolean {
  return headingName.test(element.tagName);
}

/** The heading right after an element in the same parent; nothing but white space may stand between. */
export function headingAfter(element: HTMLElement): HTMLElement | undefined {
  const siblings = element.parentNode?.childNodes ?? [];
  for (const sibling of siblings.slice(siblings.indexOf(element) + 1)) {
    if (sibling instanceof HTMLElement) return isHeading(sibling) ? sibling : undefined;
    if (sibling.rawText.trim() !== '') return undefined;
  }
  return undefined;
}

/** The text right before an element in the same parent, back to the next element. */
export function textBefore(element: HTMLElement): string {
  const siblings = element.parentNode?.childNodes ?? [];
  let text = '';
  for (const sibling of siblings.slice(0, siblings.indexOf(element)).toReversed()) {
    if (!(sibling instanceof TextNode)) break;
    text = sibling.text + text;
  }
  return text.trim();
}

/**
 * A copy whose texts no longer point into the page. V8 keeps a whole page of 200 kB in memory as long as one digest cut out
 * of it is alive; with hundreds of images that is more than the service may use.
 */
export function detached<T>(value: T): T {
  return structuredClone(value);
}

/**
 * Cuts comments and the elements whose content is no markup. One that is not closed would show what it should hide, or hide
 * what it should show: then the page is damaged and nothing in it is believed.
 */
function withoutHidden(html: string): string {
  const kept: string[] = [];
  let from = 0;
  const hidden = new RegExp(hiddenMarkup);
  for (let match = hidden.exec(html); match; match = hidden.exec(html)) {
    kept.push(html.slice(from, match.index));
    const end = endOfHidden(match[0], match[1]);
    // Of a comment from the third character on, so that <!--> is one of its own.
    end.lastIndex = match.index + '<!'.length;
    if (!end.test(html)) throw new AppError('invalid_response', 'the web page is damaged or ends too early');
    from = end.lastIndex;
    hidden.lastIndex = from;
  }
  kept.push(html.slice(from));
  return kept.join('');
}

function endOfHidden(opening: string, name: string | undefined): RegExp {
  if (name !== undefined) return new RegExp(`</${name}(?:\\s[^>]*|/[^>]*)?>`, 'gi');
  if (opening === '<!--') return /--!?>/g;
  return opening.startsWith('<![') ? /\]\]>/g : />/g;
}

function textsOf(elements: readonly HTMLElement[]): ReadonlyMap<HTMLElement, string> {
  const raw = new Map<HTMLElement, string>();
  for (const element of elements.toReversed()) {
    let text = '';
    for (const child of element.childNodes) {
      if (child instanceof TextNode) text += child.text.replaceAll(/\s+/g, ' ');
      else if (child instanceof HTMLElement) text += raw.get(child) ?? '';
      if (text.length > maxTextLength) break;
    }
    raw.set(element, text.slice(0, maxTextLength));
  }
  return new Map(Array.from(raw, ([element, text]) => [element, text.replaceAll(/\s+/g, ' ').trim()]));
}
