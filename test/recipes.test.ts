/** The recipes of docs/recipes.md, evaluated on real answers: each path in them has a value of the kind that the recipe expects. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { setUp } from './support/api.ts';

const text = await readFile(`${import.meta.dirname}/../docs/recipes.md`, 'utf8');

/** The code of a section, by its heading. */
function recipe(heading: string): string {
  const [, section = ''] = text.split(`\n## ${heading}\n`);
  return /```yaml\n([\s\S]*?)```/.exec(section)?.[1] ?? '';
}

async function overview(): Promise<Readonly<Record<string, unknown>>> {
  const { json } = await setUp();
  return JSON.parse(JSON.stringify(await json('/api/overview')));
}

function all(code: string, pattern: RegExp): string[][] {
  return [...code.matchAll(pattern)].map((match) => match.slice(1));
}

describe('the recipes', () => {
  it('read the address that the API has', async () => {
    const { fetch } = await setUp();
    const addresses = all(text, /http:\/\/registry-stats:9100(\/(?:api|feed)[^\s)]*)/g).flat();

    expect(addresses.length).toBeGreaterThan(3);
    for (const address of addresses) expect([address, (await fetch(address)).status]).toEqual([address, 200]);
  });

  it("show numbers and moments in Homepage, each in its field's format", async () => {
    const answer = await overview();
    const fields = all(recipe('Homepage'), /- field: (\S+)\n\s+label: .+\n\s+format: (\S+)/g);

    expect(fields).toHaveLength(4);
    for (const [field = '', format] of fields) {
      const value = format === 'relativeDate' ? Date.parse(String(answer[field])) : answer[field];
      expect([field, format, Number.isInteger(value)]).toEqual([field, expect.stringMatching(/^(number|relativeDate)$/), true]);
    }
  });

  it('fill the template of Glance', async () => {
    const answer = await overview();
    const code = recipe('Glance');
    const actions = all(code, /\{\{ (.+?) \}\}/g).flat();
    const shown = actions.filter((action) => action.startsWith('.JSON'));

    for (const action of shown) {
      const [, type, path = '', rest] = /^\.JSON\.(Int|String) "([\w.]+)"(?: \| (\w+))?$/.exec(action) ?? [];
      expect([action, typeof answer[path]]).toEqual([action, type === 'Int' ? 'number' : 'string']);
      expect([undefined, 'formatNumber']).toContain(rest);
    }
    expect(shown).toHaveLength(4);
    // A null is an empty text there.
    expect(actions.filter((action) => !action.startsWith('.JSON'))).toEqual(['if .JSON.String "newest_event"', 'end']);
  });

  it('give Home Assistant a value for each sensor, which says where there is none', async () => {
    const answer = await overview();
    const templates = all(recipe('Home Assistant'), /(?:value_template|availability): "\{\{ value_json\.(\w+)( is not none)? \}\}"/g);

    expect(templates).toHaveLength(5);
    for (const [field = ''] of templates) expect([field, answer[field] ?? null]).not.toEqual([field, null]);
    const { json } = await setUp([]);
    expect(await json('/api/overview')).toMatchObject({ images: 0, pull_count: null, pulls_1d: null, newest_event: null, last_read: null });
  });

  it('begin with an answer as it is', async () => {
    const shown: unknown = JSON.parse(/```json\n([\s\S]*?)```/.exec(text)?.[1] ?? '');

    expect(shown).toEqual(await overview());
  });
});
