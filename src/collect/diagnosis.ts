/** One clear sentence for a registry whose images fail alike, because then it is not the images. */
import type { ErrorCode } from '../core/model/errors.ts';
import type { ImageFailure } from '../core/model/outcome.ts';

/** Fewer images than this fail alike by chance. */
const minImages = 3;

const sentences: Partial<Record<ErrorCode, (title: string) => string>> = {
  invalid_response: (title) =>
    `most answers of ${title} cannot be understood: it has probably changed its pages. The totals stored so far stay as they are; look for a newer version of registry-stats`,
  not_found: (title) =>
    `${title} says that most images do not exist: it probably refuses this address for a while, the images are hardly all gone`,
  rate_limited: (title) => `${title} limits this address: track fewer images, poll less often or raise the delay between requests`,
  unreachable: (title) => `${title} cannot be reached`,
};

/** The sentence, when more than half of the images failed with one code; a single configured image may simply be wrong. */
export function diagnose(title: string, imagesRead: number, failures: readonly ImageFailure[]): string | undefined {
  const failed = failures.filter((failure) => failure.missing === 'total');
  const total = imagesRead + failed.length;
  for (const [code, count] of countByCode(failed)) {
    if (count >= minImages && count * 2 > total) return sentences[code]?.(title);
  }
  return undefined;
}

function countByCode(failures: readonly ImageFailure[]): Map<ErrorCode, number> {
  const counts = new Map<ErrorCode, number>();
  for (const { code } of failures) counts.set(code, (counts.get(code) ?? 0) + 1);
  return counts;
}
