/**
 * Turns a web page into its visible elements. parse5's tokenizer decides what is a tag, a comment or a text; the tree simply follows the
 * tags. HTML's own rules for misnested tags are left out on purpose: they cost quadratic time and memory on hostile pages, and what is
 * looked for here has to be in order anyway, else nothing is read.
 */
import { ErrorCodes, Tokenizer, TokenizerMode, type Token } from 'parse5';
import { AppError } from '../../core/model/errors.ts';

export interface PageElement {
  /** In upper case. */
  readonly tagName: string;
  /** Those of `keptAttributes` that it has. */
  readonly attributes: readonly Token.Attribute[];
  readonly parent: PageElement | undefined;
  /** Its first visible child element. */
  first: PageElement | undefined;
  /** The visible element after it in the same parent. */
  next: PageElement | undefined;
  /** The text between it and the element before it in the same parent, white space collapsed, cut. */
  readonly before: string;
  /** Its whole text, white space collapsed, cut. Around a longer one stands only that one. */
  text: string;
}

interface OpenElement {
  readonly name: string;
  readonly element: PageElement | undefined;
  /** Whether it is part of SVG or MathML, where `<path/>` closes itself. */
  readonly isForeign: boolean;
  text: string;
  /** The text since its last child. */
  sinceChild: string;
  lastChild: PageElement | undefined;
}

interface NewElement {
  readonly name: string;
  readonly isForeign: boolean;
  /** Whether nothing can be in it. */
  readonly isEmpty: boolean;
  readonly attrs: readonly Token.Attribute[];
}

type TokenizerState = (typeof TokenizerMode)[keyof typeof TokenizerMode];

/** Texts are cut after so many characters: nothing that is looked for is as long. */
const maxTextLength = 200;
/** With their texts they take up to 40 MB; a package page of GitHub has about 2,000 (seen 2026-05-10). */
const maxElements = 200_000;
/** A tag, comment or word that is longer, in UTF-16 units, is refused: parse5 keeps all of a tag's attributes. */
const maxTokenLength = 512 * 1024;
const chunkLength = 64 * 1024;

const keptAttributes = new Set(['href', 'title', 'rel', 'value', 'aria-label', 'data-date', 'data-merge-count']);
const none: readonly Token.Attribute[] = [];
const withoutContent = new Set(
  ['area', 'base', 'br', 'col', 'embed', 'frame', 'hr', 'img', 'input', 'keygen'].concat([
    'link',
    'meta',
    'param',
    'source',
    'track',
    'wbr',
  ]),
);
/** Elements whose content is no markup, and is not shown or not believed. */
const hiddenContent = new Map([
  ['script', TokenizerMode.SCRIPT_DATA],
  ['textarea', TokenizerMode.RCDATA],
  ['title', TokenizerMode.RCDATA],
  ['plaintext', TokenizerMode.PLAINTEXT],
  ...['style', 'noscript', 'iframe', 'noembed', 'noframes', 'xmp'].map((name) => [name, TokenizerMode.RAWTEXT] as const),
]);
/** What is not closed would show what it should hide, or hide what it should show. */
const unclosed = new Set([ErrorCodes.eofInComment, ErrorCodes.eofInTag, ErrorCodes.eofInDoctype]);
const cdataEnd = ']]>';

/**
 * @returns the visible elements in document order: parents before what they hold. What stands in comments, CDATA sections, scripts,
 *   templates and the like is not there. Takes time in proportion to the page's length
 * @throws AppError invalid_response for a page that ends too early, or that has far too much of something
 */
export function visibleElements(html: string): PageElement[] {
  const tree = createTree();
  for (let from: number | undefined = 0; from !== undefined;) from = tokenize(html, from, tree);
  return tree.finish();
}

type Tree = ReturnType<typeof createTree>;

/** How far the tokenizer is. */
interface Progress {
  /** Where the next piece of the page begins. */
  position: number;
  /** `position` when the last token came. */
  lastToken: number;
  afterComment: boolean;
  sectionEnd: number | undefined;
}

/**
 * Gives the tree all tokens from here to the end, or to a CDATA section.
 * @returns where the section ends and tokens go on (HTML would end it at its first `>`), or undefined at the end
 */
function tokenize(html: string, from: number, tree: Tree): number | undefined {
  const state: Progress = { position: from, lastToken: from, afterComment: false, sectionEnd: undefined };
  const seen = (isComment = false): void => {
    state.lastToken = state.position;
    state.afterComment = isComment;
  };
  const onText = ({ chars }: Token.CharacterToken): void => {
    seen();
    tree.addText(chars);
  };
  const tokenizer = new Tokenizer(
    {},
    {
      onStartTag(token) {
        seen();
        const mode = tree.open(token);
        if (mode !== undefined) tokenizer.state = mode;
      },
      onEndTag({ tagName }) {
        seen();
        tree.close(tagName);
      },
      onComment() {
        seen(true);
        if (state.sectionEnd !== undefined) tokenizer.pause();
      },
      onDoctype: () => seen(),
      onCharacter: onText,
      onWhitespaceCharacter: onText,
      onNullCharacter: () => seen(),
      onEof() {
        // Of comments that do not begin with <!-- the tokenizer does not say that only the end of the page closed them.
        if (state.afterComment && !html.endsWith('>')) throw damaged();
      },
      onParseError({ code, startOffset }) {
        if (unclosed.has(code)) throw damaged();
        if (code === ErrorCodes.cdataInHtmlContent) state.sectionEnd = endOfSection(html, from + startOffset);
      },
    },
  );
  do {
    const chunk = html.slice(state.position, state.position + chunkLength);
    state.position += chunk.length;
    tokenizer.write(chunk, state.position >= html.length);
    if (state.position - state.lastToken > maxTokenLength) throw excessive('a tag or text that is too long');
  } while (state.position < html.length && !(state.afterComment && state.sectionEnd !== undefined));
  return state.sectionEnd;
}

function endOfSection(html: string, from: number): number {
  const end = html.indexOf(cdataEnd, from);
  if (end === -1) throw damaged();
  return end + cdataEnd.length;
}

function createTree() {
  const elements: PageElement[] = [];
  const openElements = createOpenElements((element) => {
    if (elements.length === maxElements) throw excessive(`more than ${maxElements} elements`);
    elements.push(element);
  });
  let templates = 0;
  let hidden: string | undefined;

  return {
    /** How the content is to be read, where it is no markup. */
    open({ tagName, selfClosing, attrs }: Token.TagToken): TokenizerState | undefined {
      const outer = openElements.top();
      const isForeign = tagName === 'svg' || tagName === 'math' || (outer.isForeign && outer.name !== 'foreignobject');
      const isEmpty = withoutContent.has(tagName) || (isForeign && selfClosing);
      const mode = isEmpty ? undefined : hiddenContent.get(tagName);
      if (mode !== undefined) hidden = tagName;
      else if (tagName === 'template') templates += 1;
      else if (templates === 0) openElements.add({ name: tagName, isForeign, isEmpty, attrs });
      return mode;
    },
    close(name: string): void {
      if (name === hidden) hidden = undefined;
      else if (name === 'template') templates = Math.max(0, templates - 1);
      else if (templates === 0) openElements.close(name);
    },
    addText(chars: string): void {
      if (hidden !== undefined || templates > 0) return;
      const outer = openElements.top();
      outer.text = appended(outer.text, chars);
      outer.sinceChild = appended(outer.sinceChild, chars);
    },
    finish(): PageElement[] {
      if (hidden !== undefined || templates > 0) throw damaged();
      openElements.closeAll();
      return elements;
    },
  };
}

/** The elements from the root to where the page is read. */
function createOpenElements(onElement: (element: PageElement) => void) {
  const root: OpenElement = { name: '', element: undefined, isForeign: false, text: '', sinceChild: '', lastChild: undefined };
  const path = [root];
  /** How many elements of a name are open, so that an end tag without a beginning costs nothing. */
  const openByName = new Map<string, number>();

  const top = (): OpenElement => path.at(-1) ?? root;

  /** Gives the name of what was closed. */
  function closeTop(): string {
    const { name, element, text } = path.pop() ?? root;
    const outer = top();
    if (element) element.text = text;
    outer.text = text.length >= maxTextLength && outer.text.length < maxTextLength ? text : appended(outer.text, text);
    openByName.set(name, (openByName.get(name) ?? 0) - 1);
    return name;
  }

  return {
    top,
    add({ name, isForeign, isEmpty, attrs }: NewElement): void {
      const outer = top();
      const element: PageElement = {
        tagName: name.toUpperCase(),
        attributes: attrs.length === 0 ? none : attrs.filter((attribute) => keptAttributes.has(attribute.name)),
        parent: outer.element,
        first: undefined,
        next: undefined,
        before: outer.sinceChild,
        text: '',
      };
      onElement(element);
      if (outer.lastChild) outer.lastChild.next = element;
      else if (outer.element) outer.element.first = element;
      outer.lastChild = element;
      outer.sinceChild = '';
      if (isEmpty) return;
      path.push({ name, element, isForeign, text: '', sinceChild: '', lastChild: undefined });
      openByName.set(name, (openByName.get(name) ?? 0) + 1);
    },
    /** Closes the innermost element of this name with all that is in it. */
    close(name: string): void {
      if ((openByName.get(name) ?? 0) > 0) while (closeTop() !== name);
    },
    closeAll(): void {
      while (path.length > 1) closeTop();
    },
  };
}

/** The text with more at its end: white space collapsed, cut. */
function appended(text: string, more: string): string {
  if (text.length >= maxTextLength || more === '') return text;
  const collapsed = more.replaceAll(/\s+/g, ' ');
  const joined = text + (text.endsWith(' ') && collapsed.startsWith(' ') ? collapsed.slice(1) : collapsed);
  return joined.length > maxTextLength ? joined.slice(0, maxTextLength) : joined;
}

function damaged(): AppError {
  return new AppError('invalid_response', 'the web page is damaged or ends too early');
}

function excessive(what: string): AppError {
  return new AppError('invalid_response', `the web page has ${what}`);
}
