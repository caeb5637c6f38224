import { describe, expect, it } from 'vitest';
import { AppError, errorCodes, errorFields, toAppError } from './errors.ts';

describe('the vocabulary of errors', () => {
  it('is closed and names each code once', () => {
    expect(errorCodes).toEqual([
      'not_found',
      'unauthorized',
      'forbidden',
      'rate_limited',
      'unreachable',
      'invalid_response',
      'invalid_input',
      'misconfigured',
      'conflict',
      'overloaded',
      'internal',
    ]);
  });
});

describe('an AppError', () => {
  it('is an Error with a code, a message for users, a cause and when to try again', () => {
    const cause = new TypeError('socket closed');

    const error = new AppError('rate_limited', 'the registry asks to wait', { cause, retryAfterMs: 1500 });

    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe('AppError');
    expect(error.code).toBe('rate_limited');
    expect(error.message).toBe('the registry asks to wait');
    expect(error.cause).toBe(cause);
    expect(error.retryAfterMs).toBe(1500);
  });

  it('needs neither a cause nor a time', () => {
    const error = new AppError('not_found', 'no such image');

    expect(error.cause).toBeUndefined();
    expect(error.retryAfterMs).toBeUndefined();
  });
});

describe('toAppError', () => {
  it('gives an AppError back as it is, whatever code it is asked for', () => {
    const error = new AppError('conflict', 'locked');

    expect(toAppError(error, 'unreachable')).toBe(error);
  });

  it('makes another error internal and keeps it as the cause', () => {
    const thrown = new RangeError('out of range');

    const error = toAppError(thrown);

    expect(error).toBeInstanceOf(AppError);
    expect(error.code).toBe('internal');
    expect(error.message).toBe('out of range');
    expect(error.cause).toBe(thrown);
  });

  it('takes the code of the edge that caught it', () => {
    expect(toAppError(new Error('refused'), 'unreachable').code).toBe('unreachable');
  });

  it.each([
    ['a text', 'boom', 'boom'],
    ['nothing', undefined, 'undefined'],
    ['null', null, 'null'],
    ['a number', 7, '7'],
  ])('tells %s that was thrown', (_what, thrown, message) => {
    const error = toAppError(thrown);

    expect(error.message).toBe(message);
    expect(error.cause).toBe(thrown);
  });
});

describe('the fields of a log line', () => {
  it('are the code, the reason and the cause with its kind', () => {
    const error = new AppError('unreachable', 'no answer', { cause: new TypeError('fetch failed') });

    expect(errorFields(error)).toStrictEqual({ code: 'unreachable', reason: 'no answer', cause: 'TypeError: fetch failed' });
  });

  it('have no cause where there is none, or none that is an error', () => {
    expect(errorFields(new AppError('internal', 'x'))).toStrictEqual({ code: 'internal', reason: 'x' });
    expect(errorFields(new AppError('internal', 'x', { cause: 'y' }))).toStrictEqual({ code: 'internal', reason: 'x' });
  });
});
