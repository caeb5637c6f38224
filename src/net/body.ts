/** Reads the body of an answer without ever holding more of it than is allowed. */
import { AppError } from '../core/model/errors.ts';

const mebibyte = 1_048_576;

/**
 * The whole body, decoded as UTF-8.
 * @param maxBytes counted after decompression
 * @throws AppError invalid_response when the body is larger; what the stream fails with otherwise
 */
export async function readBody(response: Response, host: string, maxBytes: number): Promise<string> {
  if (Number(response.headers.get('content-length')) > maxBytes) {
    discardBody(response);
    throw tooLarge(host, maxBytes);
  }
  if (!response.body) return '';
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    bytes += value.byteLength;
    if (bytes > maxBytes) {
      reader.cancel().catch(ignore);
      throw tooLarge(host, maxBytes);
    }
    parts.push(decoder.decode(value, { stream: true }));
  }
  parts.push(decoder.decode());
  return parts.join('');
}

/** What the body begins with, for messages: what is missing because it fails or is aborted does not matter. Never rejects. */
export async function readStart(response: Response, maxBytes: number, signal: AbortSignal): Promise<string> {
  const reader = response.body?.getReader();
  if (!reader) return '';
  signal.addEventListener('abort', () => void reader.cancel().catch(ignore), { once: true });
  const decoder = new TextDecoder();
  let text = '';
  try {
    for (let bytes = 0; bytes < maxBytes;) {
      const { done, value } = await reader.read();
      if (done) break;
      bytes += value.byteLength;
      text += decoder.decode(value.subarray(0, maxBytes), { stream: true });
    }
  } catch {
    return text;
  }
  reader.cancel().catch(ignore);
  return text;
}

/** Gives the socket of an answer back whose body nobody wants. */
export function discardBody(response: Response): void {
  response.body?.cancel().catch(ignore);
}

/** Whether an answer was given up because its body is larger than allowed: a smaller page may do. */
export function isTooLarge(error: unknown): boolean {
  return error instanceof AppError && error.cause instanceof RangeError;
}

function tooLarge(host: string, maxBytes: number): AppError {
  const size = maxBytes % mebibyte === 0 ? `${maxBytes / mebibyte} MiB` : `${maxBytes} bytes`;
  return new AppError('invalid_response', `${host} answered with more than ${size}`, { cause: new RangeError('the body is too large') });
}

/** The answer is given up already; that its stream fails as well tells nothing more. */
function ignore(): void {}
