import { describe, expect, it } from 'vitest';
import { AppError } from '../../core/model/errors.ts';
import { databasePlace, toDatabaseError } from './database-error.ts';

const failed = (code: string): Error => Object.assign(new Error('detail of the driver'), { code });

describe('the place of a database', () => {
  it('names the database and its host, never the login', () => {
    expect(databasePlace('postgres://me:secret@db.example:6543/my%20stats')).toBe('the database my stats on db.example:6543');
    expect(databasePlace('postgres://me:secret@db.example')).toBe('the database postgres on db.example');
  });

  it.each(['postgres://me:100%@db/x', 'postgres://me:se#cret@db:1/x', 'postgres://me:p@db/100%', 'nonsense'])(
    'is refused with advice when %s cannot be read',
    (url) => {
      const read = (): string => databasePlace(url);

      expect(read).toThrow(AppError);
      expect(read).toThrow('% as %25');
      expect(read).not.toThrow(/secret|cret|100/);
    },
  );
});

describe('an error of the database', () => {
  it.each([
    ['28P01', 'misconfigured'],
    ['08P01', 'misconfigured'],
    ['08006', 'unreachable'],
    ['EAI_AGAIN', 'unreachable'],
    ['EHOSTUNREACH', 'unreachable'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'misconfigured'],
    ['XX000', 'internal'],
  ])('%s is %s, names the place and keeps its cause', (code, expected) => {
    const cause = failed(code);

    const error = toDatabaseError(cause, 'the database x on y');

    expect(error).toMatchObject({ code: expected, cause });
    expect(error.message).toMatch(/^the database x on y /);
    expect(error.message).not.toContain('detail of the driver');
  });

  it('stays as it is when it has been told already', () => {
    const error = new AppError('conflict', 'told');

    expect(toDatabaseError(error, 'x')).toBe(error);
  });
});
