/** Reads a .dockerignore: which files of the build context a COPY does not see. */

/** Tells of a path in the context, without a leading slash, whether it is left out. The last pattern that fits decides. */
export function parseDockerignore(text: string): (path: string) => boolean {
  const rules = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ pattern: toPattern(line.replace(/^!/, '')), ignored: !line.startsWith('!') }));
  return (path) => rules.findLast(({ pattern }) => pattern.test(path))?.ignored ?? false;
}

/** A pattern fits what it names and everything below that. */
function toPattern(glob: string): RegExp {
  const source = glob
    .replace(/^\/|\/$/g, '')
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll(/\*\*\/|\*\*|\*|\?/g, (wildcard) => wildcards[wildcard] ?? wildcard);
  return new RegExp(`^${source}(?:/.*)?$`);
}

const wildcards: Readonly<Record<string, string>> = { '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*', '?': '[^/]' };
