/** JSON that is never held whole: it is checked as it comes in, and given as the tokens of its compact text. */
import { AppError } from '../../core/model/errors.ts';

/** `open` and `close` are brackets, `key` is the name of a member, `value` a text, number or literal. */
export type TokenKind = 'open' | 'close' | 'key' | 'value' | 'mark';

/**
 * Takes a token as JSON.stringify writes it. `depth`: how many brackets are open around it; those of its own are not counted.
 * @throws AppError invalid_input to end the scan
 */
export type TokenSink = (text: string, kind: TokenKind, depth: number) => void;

export interface JsonScan {
  /** The next part of the text. */
  push(text: string): void;
  /** There is no more. */
  end(): void;
}

/** A snapshot has six levels; what is read whole later must not overflow a stack. */
const maxDepth = 100;
/** Of one token: more than any name, digest or time has. */
const maxTextLength = 1024 * 1024;

/** What may come next. */
type State = 'value' | 'value or end' | 'key' | 'key or end' | 'colon' | 'comma or end' | 'nothing';

/** Neither escapes, which may be written in several ways, nor control characters, which JSON has not, nor halves of characters. */
const plainText = /^"[\x20-[\]-\ud7ff\ue000-\uffff]*"$/;
const plainNumber = /^(?:0|-?[1-9]\d{0,14})$/;
const literal = /[-+.\w]+/y;

/** Its methods throw AppError invalid_input where the text is not JSON, is too deep, or has a text that is too long. */
export function createJsonScan(sink: TokenSink): JsonScan {
  const grammar = createGrammar(sink);
  let rest = '';
  return {
    push(more) {
      const all = rest + more;
      rest = all.slice(takeTokens(all, false, grammar));
      if (rest.length > maxTextLength) throw new AppError('invalid_input', `a text of more than ${maxTextLength} characters`);
    },
    end() {
      if (takeTokens(rest, true, grammar) < rest.length || !grammar.isComplete()) throw notJson();
    },
  };
}

/** Takes whole tokens, and resolves to where the first one begins that may go on in the next part. */
function takeTokens(all: string, isLast: boolean, grammar: Grammar): number {
  let at = 0;
  for (;;) {
    at = afterBlanks(all, at);
    const character = all[at];
    if (character === undefined) return at;
    if (character === '"') {
      const end = endOfText(all, at);
      if (end === -1) return at;
      grammar.text(all.slice(at, end));
      at = end;
    } else if ('{}[]'.includes(character)) {
      grammar.bracket(character);
      at += 1;
    } else if (character === ',' || character === ':') {
      grammar.mark(character);
      at += 1;
    } else {
      literal.lastIndex = at;
      const [token = ''] = literal.exec(all) ?? [];
      if (token === '') throw notJson();
      if (at + token.length === all.length && !isLast) return at;
      grammar.scalar(token);
      at += token.length;
    }
  }
}

/** Takes tokens, and throws where one may not come next. */
interface Grammar {
  bracket(character: string): void;
  /** A comma or colon. */
  mark(character: string): void;
  text(token: string): void;
  scalar(token: string): void;
  isComplete(): boolean;
}

function createGrammar(sink: TokenSink): Grammar {
  const open: string[] = [];
  let state: State = 'value';

  function expect(...states: readonly State[]): void {
    if (!states.includes(state)) throw notJson();
  }

  function value(text: string): void {
    expect('value', 'value or end');
    sink(text, 'value', open.length);
    afterValue();
  }

  function afterValue(): void {
    state = open.length === 0 ? 'nothing' : 'comma or end';
  }

  return {
    bracket(character) {
      if (character === '{' || character === '[') {
        expect('value', 'value or end');
        sink(character, 'open', open.length);
        open.push(character);
        if (open.length > maxDepth) throw new AppError('invalid_input', `nested deeper than ${maxDepth} levels`);
        state = character === '{' ? 'key or end' : 'value or end';
        return;
      }
      expect('comma or end', character === '}' ? 'key or end' : 'value or end');
      if (open.pop() !== (character === '}' ? '{' : '[')) throw notJson();
      sink(character, 'close', open.length);
      afterValue();
    },
    mark(character) {
      expect(character === ':' ? 'colon' : 'comma or end');
      sink(character, 'mark', open.length);
      state = character === ',' && open.at(-1) === '{' ? 'key' : 'value';
    },
    text(token) {
      const compact = plainText.test(token) ? token : rewritten(token);
      if (state !== 'key' && state !== 'key or end') return value(compact);
      sink(compact, 'key', open.length);
      state = 'colon';
    },
    scalar: (token) => value(plainNumber.test(token) ? token : rewritten(token)),
    isComplete: () => state === 'nothing',
  };
}

function notJson(): AppError {
  return new AppError('invalid_input', 'not JSON in UTF-8');
}

/** As JSON.stringify writes it. */
function rewritten(token: string): string {
  try {
    return JSON.stringify(JSON.parse(token));
  } catch {
    throw notJson();
  }
}

function afterBlanks(text: string, from: number): number {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return at;
    at += 1;
  }
}

/** After the closing quote; -1 where it is not there yet. */
function endOfText(text: string, begin: number): number {
  let quote = text.indexOf('"', begin + 1);
  while (quote !== -1) {
    let before = quote - 1;
    while (text[before] === '\\') before -= 1;
    if ((quote - 1 - before) % 2 === 0) return quote + 1;
    quote = text.indexOf('"', quote + 1);
  }
  return -1;
}
