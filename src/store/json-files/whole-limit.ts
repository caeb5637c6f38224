/** How large a document may be that is held whole: parsed, merged and written again it takes some ten times its size. */
import { getHeapStatistics } from 'node:v8';

/** Beyond it the Go tool reads no file. */
export const maxFileBytes = 50 * 1024 * 1024;

const share = 10;

/** In bytes of a file, by the heap that this process may have: about 7 MiB in a container of 128 MiB. */
export function maxWholeBytes(heapLimit = getHeapStatistics().heap_size_limit): number {
  return Math.min(maxFileBytes, Math.floor(heapLimit / share));
}
