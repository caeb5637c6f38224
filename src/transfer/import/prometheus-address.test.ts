import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../core/model/errors.ts';
import { parsePrometheusAddress } from './prometheus-address.ts';

describe('the address of a Prometheus server', () => {
  it.each([
    ['http://prometheus:9090', 'http://prometheus:9090', undefined],
    ['https://monitoring.example/prometheus/', 'https://monitoring.example/prometheus', undefined],
    ['http://me:s%40cret@prometheus:9090/', 'http://prometheus:9090', 'me:s@cret'],
    ['http://me@prometheus', 'http://prometheus', 'me:'],
  ])('is taken apart: %s', (text, url, credentials) => {
    expect(parsePrometheusAddress(text)).toEqual({ origin: new URL(url).origin, url, credentials });
  });

  it.each(['http://me:hunter2@two words', 'http://me:hunter2%zz@prometheus'])('is refused without a word of its password: %s', (text) => {
    expect(() => parsePrometheusAddress(text)).toThrow(expect.objectContaining({ code: 'invalid_input' }));
    expect(() => parsePrometheusAddress(text)).not.toThrow(/hunter2/);
  });

  it('throws nothing but AppError', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const thrown = thrownFor(`http://${text}`);
        expect(thrown === undefined || thrown instanceof AppError).toBe(true);
      }),
    );
  });
});

function thrownFor(text: string): unknown {
  try {
    return void parsePrometheusAddress(text);
  } catch (error) {
    return error;
  }
}
