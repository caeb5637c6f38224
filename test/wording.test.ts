/** The words of what people read: texts of the program, and the documentation. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

/** What is not to be written, and what instead. Fields of the API and marks are names, and no words. */
const banned: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/\bcycles?\b/i, 'run'],
  [/\b(went|was|is|are|were|wholly) dark\b|\bin trouble\b/i, 'outage'],
  [/\b(is|are|has|was|were) gone\b/i, 'deleted, no longer in the registry'],
  [/\breconstruct/i, 'backfilled'],
  [/\bhas the whole difference\b/i, 'the next value covers these days'],
  [/\bwent down\b|\bmade anew\b/i, 'counter reset'],
  [/\bcontradict/i, 'inconsistent'],
  [/\bso far\b/i, 'in progress, partial'],
  [/\blast read\b/i, 'last checked'],
  [/\bcame out\b/i, 'effective configuration'],
  [/\bverbs?\b/i, 'command'],
  [/\b(is|are|was|were|be) (told|asked)\b/i, 'request, say'],
  [/\bstands? (in|on|at|behind|beside|under|where)\b/i, 'is'],
  [/\d %/, 'a percentage without a space'],
  [/\b(behaviou?r|colou?r|favou?r|neighbou?r)(?<=our)/i, '-or'],
  [/\b(organi|recogni|normali|seriali|initiali|summari|optimi|minimi|maximi|synchroni|reali)s(e|ed|es|ing|ation|ations)\b/i, '-ize'],
  [/\b(cancell|labell)(ed|ing)\b|\bcatalogue\b|\banalys(e|ed|es|ing)\b|\bcentre\b|\blicence\b/i, 'American spelling'],
];

/** What is in quotes or backticks is a name or somebody else's text. */
function withoutNames(text: string): string {
  return text.replaceAll(/`[^`\n]*`/g, '``').replaceAll(/https?:\/\/\S+/g, '');
}

function problemsIn(text: string): readonly string[] {
  return banned.flatMap(([pattern, instead]) => {
    const found = pattern.exec(withoutNames(text))?.[0];
    return found === undefined ? [] : [`${JSON.stringify(found)} in ${JSON.stringify(text.slice(0, 120))}: ${instead}`];
  });
}

/** The sentences of a source file: strings with a space in them, without what is only compared or matched. */
function textsOf(path: string, code: string): readonly string[] {
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isTemplateExpression(node)) {
      texts.push([node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join('…'));
      for (const { expression } of node.templateSpans) visit(expression);
      return;
    }
    if (ts.isStringLiteralLike(node)) texts.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, code, ts.ScriptTarget.Latest));
  return texts.filter((text) => /\w \S/.test(text));
}

async function filesIn(folder: string, pattern: RegExp): Promise<readonly string[]> {
  return (await readdir(folder, { recursive: true })).map((name) => join(folder, name)).filter((path) => pattern.test(path));
}

describe('the words', () => {
  it('of the program are those of the field', async () => {
    const paths = (await filesIn('src', /\.ts$/)).filter((path) => !/\.test\.ts$|\/testing\/|fixture/.test(path));
    const problems = await Promise.all(
      paths.map(async (path) =>
        textsOf(path, await readFile(path, 'utf8')).flatMap((text) => problemsIn(text).map((problem) => `${path}: ${problem}`)),
      ),
    );

    expect(paths.length).toBeGreaterThan(100);
    expect(problems.flat()).toEqual([]);
  });

  it('of the documentation are those of the field', async () => {
    const paths = [
      'README.md',
      'CONTRIBUTING.md',
      'SECURITY.md',
      ...(await filesIn('docs', /\.md$/)),
      ...(await filesIn('deploy', /\.md$/)),
    ];
    const problems = await Promise.all(
      paths.map(async (path) =>
        (await readFile(path, 'utf8')).split('\n').flatMap((line) => problemsIn(line).map((problem) => `${path}: ${problem}`)),
      ),
    );

    expect(paths.length).toBeGreaterThan(15);
    expect(problems.flat()).toEqual([]);
  });

  it('are looked at where they are, and names are left alone', () => {
    expect(problemsIn('the next cycle')).toHaveLength(1);
    expect(problemsIn('the registry was dark, +20 %')).toHaveLength(2);
    expect(problemsIn('`next_cycle` and https://example.com/cycle are names')).toEqual([]);
    expect(textsOf('x.ts', "const a = 'x'; const b = 'in words'; const c = `of ${a}, ${b ? 'the text' : ''}`;")).toEqual([
      'in words',
      'of …, …',
      'the text',
    ]);
  });
});
