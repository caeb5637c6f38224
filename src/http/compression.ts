/** Brotli and gzip, for those who take them. */
import { pipeline, type Readable } from 'node:stream';
import { promisify } from 'node:util';
import { brotliCompress, constants, createBrotliCompress, createGzip, gzip } from 'node:zlib';

export type Encoding = 'br' | 'gzip' | 'identity';

const minCompressedBytes = 1_024;
/** Quick, and for rows nearly as small as the best. */
const brotliOptions = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };

/** A stream is compressed within a smaller window: many may go on at once. */
const streamOptions = { params: { ...brotliOptions.params, [constants.BROTLI_PARAM_LGWIN]: 18 } };

/** The best that we have of what the client takes. Grafana's Infinity takes gzip and nothing else. */
export function chooseEncoding(acceptEncoding = ''): Encoding {
  if (takes(acceptEncoding, 'br')) return 'br';
  return takes(acceptEncoding, 'gzip') ? 'gzip' : 'identity';
}

function takes(acceptEncoding: string, name: Encoding): boolean {
  return acceptEncoding.split(',').some((part) => {
    const [encoding, ...parameters] = part.split(';');
    return encoding?.trim().toLowerCase() === name && !parameters.some((parameter) => /^\s*q=0(\.0*)?\s*$/i.test(parameter));
  });
}

/** The body in this encoding; a small one stays as it is. */
export async function compress(body: Uint8Array, wanted: Encoding): Promise<{ readonly body: Uint8Array; readonly encoding: Encoding }> {
  if (wanted === 'identity' || body.length < minCompressedBytes) return { body, encoding: 'identity' };
  const compressed = await (wanted === 'br' ? promisify(brotliCompress)(body, brotliOptions) : promisify(gzip)(body));
  // A copy of its own: the result may be a small view of a large buffer.
  return { body: Uint8Array.from(compressed), encoding: wanted };
}

export function compressStream(plain: Readable, encoding: Encoding): Readable {
  if (encoding === 'identity') return plain;
  const compressor = encoding === 'br' ? createBrotliCompress(streamOptions) : createGzip();
  // Ends the one when the other ends, so that nothing more is made once the client is gone.
  return pipeline(plain, compressor, () => {});
}
