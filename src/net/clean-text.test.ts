import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanText } from './clean-text.ts';

describe('a text from outside', () => {
  it.each([
    ['plain', 'access to the resource is denied', 'access to the resource is denied'],
    ['with colors for a terminal', '\u001b[31mred\u001b[0m', '[31mred [0m'],
    ['of several lines', 'first\r\nlevel=error second\u2028third', 'first level=error second third'],
    ['that turns the direction of writing', 'acme\u202Egpj.exe\u200b', 'acmegpj.exe'],
    ['with half a character', 'a\ud800b', 'a\ufffdb'],
    ['in another script', 'не найдено — 見つかりません', 'не найдено — 見つかりません'],
  ])('%s is one line of characters that can be seen', (_what, text, expected) => {
    expect(cleanText(text)).toBe(expected);
  });

  it.each([
    ['access token of Docker Hub', 'no such token dckr_pat_Ab-12_xyz', 'no such token [hidden]'],
    ['token of GitHub', 'Bad credentials ghp_16C7e42F292c6912E7', 'Bad credentials [hidden]'],
    ['bearer', 'refused "Bearer abc.def1"', 'refused "Bearer [hidden]'],
    ['web token', 'Invalid signature in eyJhbGciOi.eyJzdWIi.c2ln', 'Invalid signature in [hidden]'],
    ['password in JSON', '{"identifier":"acme","secret":"hunter22"}', '{"identifier":"acme","secret":"[hidden]"}'],
    ['parameter of an address', 'see https://x.test/a?token=s3cret&b=1', 'see https://x.test/a?token=[hidden]&b=1'],
    ['user in an address', 'see https://acme:hunter2@x.test/', 'see https://[hidden]@x.test/'],
    ['long random text', 'key 9f86d081884c7d659a2feaa0c55ad015 is expired', 'key [hidden] is expired'],
    ['credential that is cut by a control character', 'dckr_pat\u200b_Ab12cd', '[hidden]'],
  ])('does not show what looks like a credential: %s', (_what, text, expected) => {
    expect(cleanText(text)).toBe(expected);
  });

  it.each(['the token is invalid', 'password must be changed', 'Basic authentication is not supported', `sha256:${'a1'.repeat(32)}`])(
    'keeps what only speaks of one: %s',
    (text) => {
      expect(cleanText(text)).toBe(text);
    },
  );

  it('is cut after so many characters, never within one', () => {
    expect(cleanText('😀'.repeat(300))).toBe(`${'😀'.repeat(199)}…`);
    expect(cleanText('abcdef', 4)).toBe('abc…');
  });

  it('is short and clean whatever it is, and stays as it is when it is cleaned again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        const clean = cleanText(text);
        expect(Array.from(clean).length).toBeLessThanOrEqual(200);
        expect(clean).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
        expect(cleanText(clean)).toBe(clean);
      }),
    );
  });
});
