/** What is looked for on a web page: labels, and what stands right beside them. */
import { visibleElements, type PageElement } from './elements.ts';

export type { PageElement } from './elements.ts';

export interface Page {
  /** In document order: parents before what they hold. What stands in comments, scripts, templates and the like is not there. */
  readonly elements: readonly PageElement[];
  /** The element's full text, white space collapsed, cut after 200 characters. */
  readonly textOf: (element: PageElement) => string;
}

const headingName = /^H[1-6]$/;

/** @throws AppError invalid_response for a page that ends too early, or that has far too much of something */
export function parsePage(html: string): Page {
  return { elements: visibleElements(html), textOf: (element) => element.text.trim() };
}

/** The element's attribute; only those that `elements.ts` keeps are known. */
export function attribute(element: PageElement, name: string): string | undefined {
  return element.attributes.find((one) => one.name === name)?.value;
}

/** The visible elements inside this one, in document order. Without recursion: a broken page may nest very deep. */
export function elementsIn(container: PageElement): PageElement[] {
  const found: PageElement[] = [];
  let element = container.first;
  while (element) {
    found.push(element);
    element = element.first ?? following(element, container);
  }
  return found;
}

/** The element after this one and all that is in it. */
function following(element: PageElement, container: PageElement): PageElement | undefined {
  let from: PageElement | undefined = element;
  while (from && from !== container) {
    if (from.next) return from.next;
    from = from.parent;
  }
  return undefined;
}

/** The innermost elements whose whole text is exactly this. */
export function labeled(page: Page, elements: readonly PageElement[], text: string): PageElement[] {
  const matching = elements.filter((element) => page.textOf(element) === text);
  const wrappers = new Set(matching.map(({ parent }) => parent));
  return matching.filter((element) => !wrappers.has(element));
}

export function isHeading(element: PageElement): boolean {
  return headingName.test(element.tagName);
}

/** The heading right after an element in the same parent; nothing but white space may stand between. */
export function headingAfter({ next }: PageElement): PageElement | undefined {
  return next && next.before.trim() === '' && isHeading(next) ? next : undefined;
}

/** The text right before an element in the same parent, back to the next element. */
export function textBefore({ before }: PageElement): string {
  return before.trim();
}

/** A copy that shares nothing with the page, so that no digest cut out of it keeps 200 kB alive. */
export function detached<T>(value: T): T {
  return structuredClone(value);
}
