import { describe, expect, it } from 'vitest';
import { AppError } from '../../core/model/errors.ts';
import { clientOptions, parseSafeInteger } from './client-options.ts';

const optionsOf = (url: string, isReadOnly = false) => clientOptions(url, { isReadOnly });

describe('the options of a connection', () => {
  it('come from every part of the address, decoded', () => {
    expect(optionsOf('postgres://m%40e:p%2Fw@db.example:6543/my%20stats')).toMatchObject({
      host: 'db.example',
      port: 6543,
      database: 'my stats',
      user: 'm@e',
      password: 'p/w',
      ssl: false,
      application_name: 'registry-stats',
    });
  });

  it('have defaults where the address says nothing', () => {
    const options = optionsOf('postgres://db.example');

    expect(options).toMatchObject({
      host: 'db.example',
      port: 5432,
      database: 'postgres',
      connectionTimeoutMillis: 10_000,
      keepAlive: true,
    });
    expect(options).not.toHaveProperty('user');
    expect(options).not.toHaveProperty('password');
  });

  it('take an IPv6 address without its brackets', () => {
    expect(optionsOf('postgres://me@[::1]:1/x')).toMatchObject({ host: '::1', port: 1 });
  });

  it.each([
    ['disable', false],
    ['require', { rejectUnauthorized: false }],
    ['prefer', { rejectUnauthorized: false }],
    ['verify-ca', { checkServerIdentity: expect.any(Function) }],
    ['verify-full', {}],
  ])('take sslmode=%s as libpq does', (mode, ssl) => {
    expect(optionsOf(`postgres://me@db/x?sslmode=${mode}`).ssl).toEqual(ssl);
  });

  it('trust the authorities of the system where sslrootcert=system asks for it', () => {
    expect(optionsOf('postgres://me@db/x?sslrootcert=system').ssl).toEqual({});
  });

  it('make settings of the session from other parameters, over those of the program', () => {
    const { options } = optionsOf('postgres://me@db/x?statement_timeout=0&options=-c%20work_mem%3D8MB&lock_timeout=1%20s');

    expect(options).toBe(String.raw`-c work_mem=8MB -c search_path=registry_stats -c statement_timeout=0 -c lock_timeout=1\ s`);
  });

  it('let a reader change nothing, whatever the address says', () => {
    const { options } = optionsOf('postgres://me@db/x?default_transaction_read_only=off', true);

    expect(options).toMatch(/-c default_transaction_read_only=on$/);
    expect(options).not.toContain('=off');
  });

  it('are refused with advice where the address cannot be read', () => {
    expect(() => optionsOf('postgres://me:100%@db/x')).toThrow(AppError);
  });
});

describe('a bigint of the database', () => {
  it('is a number as far as a number holds it exactly', () => {
    expect([parseSafeInteger('0'), parseSafeInteger('9007199254740991')]).toEqual([0, Number.MAX_SAFE_INTEGER]);
    expect(() => parseSafeInteger('9007199254740993')).toThrow(RangeError);
  });
});
