/** Makes what is shown like what the server sent. What is the same already stays the same element: with its focus, selection, scroll position and state. */

/** What the browser or a script of ours changed, and the server knows nothing of. */
function isKeptAttribute(element: Element, name: string): boolean {
  return (name === 'open' && element.nodeName === 'DETAILS') || (name === 'hidden' && element.nodeName === 'BUTTON');
}

/** `fresh` is used up. */
export function morph(shown: Element, fresh: Element): void {
  // A drawn chart is not the server's any more: who drew it brings it its numbers.
  if (shown.isEqualNode(fresh) || shown.matches('.plot.drawn')) return;
  for (const { name, value } of fresh.attributes) if (shown.getAttribute(name) !== value) shown.setAttribute(name, value);
  for (const name of shown.getAttributeNames()) {
    if (!fresh.hasAttribute(name) && !isKeptAttribute(shown, name)) shown.removeAttribute(name);
  }
  morphChildren(shown, fresh);
}

function morphChildren(shown: Element, fresh: Element): void {
  const wanted = new Set([...fresh.children].map(nodeKey).filter((key) => key !== ''));
  const keyed = new Map([...shown.children].map((child) => [nodeKey(child), child]));
  // The list changes with each node that moves over.
  const nodes = Array.from(fresh.childNodes);
  let at = shown.firstChild;
  for (const node of nodes) {
    while (at && isGone(at, wanted)) at = removeAndNext(at);
    const same = partner(node, at, keyed);
    if (!same) {
      shown.insertBefore(node, at);
      continue;
    }
    if (same !== at) at = bring(shown, same, at, wanted);
    at = same.nextSibling;
    if (same instanceof Element && node instanceof Element) morph(same, node);
    else if (same.nodeValue !== node.nodeValue) same.nodeValue = node.nodeValue;
  }
  while (at) at = removeAndNext(at);
}

/** What stays the same thing wherever it stands: a section by its name, a row by its image. */
function nodeKey(node: Node): string {
  if (!(node instanceof HTMLElement)) return '';
  return node.dataset['key'] ?? node.id;
}

function isGone(node: Node, wanted: ReadonlySet<string>): boolean {
  const key = nodeKey(node);
  return key !== '' && !wanted.has(key);
}

function partner(node: Node, at: ChildNode | null, keyed: ReadonlyMap<string, Element>): ChildNode | undefined {
  const key = nodeKey(node);
  const same = key === '' ? at : keyed.get(key);
  return same && same.nodeName === node.nodeName && nodeKey(same) === key ? same : undefined;
}

/** Brings a later child to this place: it stays where it is if all before it can go, since what is moved loses its focus. */
function bring(parent: Element, child: ChildNode, at: ChildNode | null, wanted: ReadonlySet<string>): ChildNode {
  const between: ChildNode[] = [];
  for (let node = at; node && node !== child; node = node.nextSibling) between.push(node);
  if (between.at(-1)?.nextSibling === child && between.every((node) => !wanted.has(nodeKey(node))))
    for (const node of between) node.remove();
  else parent.insertBefore(child, at);
  return child;
}

function removeAndNext(node: ChildNode): ChildNode | null {
  const next = node.nextSibling;
  node.remove();
  return next;
}
