import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createAnswers, type Answers, type Asked, type Content, type Limits } from './answers.ts';

const long = 'acme/app,'.repeat(1_000);

function asked(url: string, more: Partial<Asked> = {}): Asked {
  return { method: 'GET', url, acceptEncoding: undefined, ifNoneMatch: undefined, ...more };
}

function content(text: string, more: Partial<Content> = {}): Content {
  return { type: 'text/plain', chunks: [text], ...more };
}

function setUp(limits?: Limits) {
  const state = { revision: '1', built: 0 };
  const answers = createAnswers({ revision: () => state.revision, headers: { 'X-All': 'yes' }, ...(limits ? { limits } : {}) });
  const build =
    (text: string, more: Partial<Content> = {}) =>
    async (): Promise<Content> => {
      state.built += 1;
      return content(text, more);
    };
  return { answers, state, build };
}

async function bytes(response: Response): Promise<Buffer> {
  return Buffer.from(await response.arrayBuffer());
}

async function etagOf(answers: Answers, build: () => Promise<Content>): Promise<string> {
  return (await answers.answer(asked('/tag'), build)).headers.get('ETag') ?? '';
}

describe('answers', () => {
  it('are built once for an address, and are then ready', async () => {
    const { answers, state, build } = setUp();
    expect(answers.ready(asked('/a'))).toBeUndefined();

    const first = await answers.answer(asked('/a'), build('hello'));
    const second = await answers.answer(asked('/a'), build('hello'));
    const ready = answers.ready(asked('/a'));

    expect([await first.text(), await second.text(), Buffer.from(ready?.body ?? []).toString()]).toEqual(['hello', 'hello', 'hello']);
    expect(state.built).toBe(1);
    expect(ready?.headers).toMatchObject({ 'X-All': 'yes', 'Content-Type': 'text/plain', 'Content-Length': '5', Vary: 'Accept-Encoding' });
  });

  it('are built anew when the data changed', async () => {
    const { answers, state, build } = setUp();
    await answers.answer(asked('/a'), build('old'));

    state.revision = '2';

    expect(answers.ready(asked('/a'))).toBeUndefined();
    expect(await (await answers.answer(asked('/a'), build('new'))).text()).toBe('new');
  });

  it('are not kept when the data changed while they were built', async () => {
    const { answers, state } = setUp();

    await answers.answer(asked('/a'), async () => ({
      type: 'text/plain',
      chunks: (function* () {
        state.revision = '2';
        yield 'old';
      })(),
    }));

    expect(answers.ready(asked('/a'))).toBeUndefined();
  });

  it('are built once for many who ask at the same time', async () => {
    const { answers, state, build } = setUp();

    const all = await Promise.all(Array.from({ length: 8 }, () => answers.answer(asked('/a'), build(long))));

    expect(new Set(await Promise.all(all.map((each) => each.text())))).toEqual(new Set([long]));
    expect(state.built).toBe(1);
  });

  it('fail as their building does, and are tried again', async () => {
    const { answers, build } = setUp();
    const failing = answers.answer(asked('/a'), async () => Promise.reject(new Error('broken')));
    const waiting = answers.answer(asked('/a'), build('good'));

    await expect(failing).rejects.toThrow('broken');
    expect(await (await waiting).text()).toBe('good');
  });
});

describe('an answer', () => {
  it('is packed as the client takes it, brotli first, and only when it is worth it', async () => {
    const { answers, build } = setUp();
    const ask = async (acceptEncoding: string | undefined, text = long): Promise<[string | null, Buffer]> => {
      const response = await answers.answer(asked(`/${text.length}`, { acceptEncoding }), build(text));
      return [response.headers.get('Content-Encoding'), await bytes(response)];
    };

    const [br, brotli] = await ask('gzip, deflate, br');
    const [gz, gzipped] = await ask('gzip');

    expect([br, brotliDecompressSync(brotli).toString()]).toEqual(['br', long]);
    expect([gz, gunzipSync(gzipped).toString()]).toEqual(['gzip', long]);
    expect(await ask(undefined)).toEqual([null, Buffer.from(long)]);
    expect(await ask('br;q=0, gzip;q=0.0, zstd')).toEqual([null, Buffer.from(long)]);
    expect((await ask('GZIP;q=0.5, br;q=0'))[0]).toBe('gzip');
    expect(await ask('br', 'short')).toEqual([null, Buffer.from('short')]);
  });

  it('has one tag however it is packed, and is not sent again to those who name it', async () => {
    const { answers, build } = setUp();
    const etag = await etagOf(answers, build(long));
    const packed = await answers.answer(asked('/tag', { acceptEncoding: 'br' }), build(long));
    expect(packed.headers.get('ETag')).toBe(etag);

    for (const ifNoneMatch of [etag, `"x", ${etag}`, '*', etag.slice(2)]) {
      const same = await answers.answer(asked('/tag', { acceptEncoding: 'br', ifNoneMatch }), build(long));
      expect([same.status, await same.text(), same.headers.get('ETag'), same.headers.get('X-All')]).toEqual([304, '', etag, 'yes']);
      expect([same.headers.get('Content-Length'), same.headers.get('Content-Encoding')]).toEqual([null, null]);
    }
    expect(answers.ready(asked('/tag', { ifNoneMatch: etag }))?.status).toBe(304);
    expect(answers.ready(asked('/tag', { ifNoneMatch: '"other"' }))?.status).toBe(200);
  });

  it('has the tag of its text, over restarts too', async () => {
    const one = await etagOf(setUp().answers, setUp().build('same'));
    const two = await etagOf(setUp().answers, setUp().build('same'));
    const other = await etagOf(setUp().answers, setUp().build('other'));

    expect(one).toBe(two);
    expect(other).not.toBe(one);
  });

  it('to HEAD is all but its body; other methods have none ready', async () => {
    const { answers, build } = setUp();
    await answers.answer(asked('/a'), build('hello'));

    expect(answers.ready(asked('/a', { method: 'HEAD' }))).toMatchObject({
      status: 200,
      headers: { 'Content-Length': '5' },
      body: undefined,
    });
    expect(answers.ready(asked('/a', { method: 'POST' }))).toBeUndefined();
  });

  it('tells a browser under which name to save it', async () => {
    const { answers, build } = setUp();

    const file = await answers.answer(asked('/a'), build('x', { fileName: 'pulls.csv' }));

    expect(file.headers.get('Content-Disposition')).toBe('attachment; filename="pulls.csv"');
  });
});

describe('what is kept', () => {
  it('is bounded: the answers that were not asked for the longest go first', async () => {
    const { answers, build } = setUp({ answerBytes: 10_000, totalBytes: 4_000 * 3 });
    for (const url of ['/a', '/b', '/c']) await answers.answer(asked(url), build('x'.repeat(1_500)));
    answers.ready(asked('/a'));

    await answers.answer(asked('/d'), build('x'.repeat(1_500)));

    expect(['/a', '/b', '/c', '/d'].filter((url) => answers.ready(asked(url)))).toEqual(['/a', '/c', '/d']);
  });

  it.each([
    [undefined, (body: Buffer) => body.toString()],
    ['gzip', (body: Buffer) => gunzipSync(body).toString()],
    ['br', (body: Buffer) => brotliDecompressSync(body).toString()],
  ])('does not hold what is too large for it, which is streamed (%s)', async (acceptEncoding, unpack) => {
    const { answers, state } = setUp({ answerBytes: 1_000, totalBytes: 100_000 });
    const pieces = Array.from({ length: 200 }, (_, at) => `piece ${at}, `);
    const build = async (): Promise<Content> => content('', { chunks: pieces });

    const response = await answers.answer(asked('/big', { acceptEncoding }), build);

    expect(unpack(await bytes(response))).toBe(pieces.join(''));
    expect(response.headers.get('Content-Length')).toBeNull();
    expect(response.headers.get('ETag')).toBe(`W/"${state.revision}"`);
    expect(answers.ready(asked('/big', { acceptEncoding }))).toBeUndefined();
  });

  it('of what is streamed is made as it is taken, and no more of it once nobody takes it', async () => {
    const { answers } = setUp({ answerBytes: 1_000, totalBytes: 100_000 });
    let made = 0;
    function* endless(): Generator<string> {
      for (;;) {
        made += 1;
        yield 'x'.repeat(1_000);
      }
    }

    const response = await answers.answer(asked('/endless'), async () => content('', { chunks: endless() }));
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.cancel();

    expect(made).toBeGreaterThan(0);
    expect(made).toBeLessThan(1_000);
  });
});
