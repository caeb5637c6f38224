/** One clear sentence for a registry whose images fail alike, because then it is not the images. */
import type { ErrorCode } from '../core/model/errors.ts';
import type { ImageFailure } from '../core/model/outcome.ts';

/** Fewer images than this fail alike by chance. */
const minImages = 3;

export interface Diagnosis {
  readonly text: string;
  /** What is missing of the images that it is about. */
  readonly missing: ImageFailure['missing'];
  /** Whether it says of this failure what there is to say. */
  readonly explains: (failure: ImageFailure) => boolean;
}

interface Cause {
  readonly matches: (failure: ImageFailure) => boolean;
  readonly sentence: (title: string) => string;
}

/** The first that matches is the cause of a failure. */
const causes: readonly Cause[] = [
  {
    matches: ({ message }) => message.includes('bot protection refuses'),
    sentence: (title) =>
      `a bot protection in front of ${title} refuses this client or address: nothing is wrong with the images or the login. It usually ends by itself; until then poll less often, or use another address`,
  },
  {
    matches: ({ message }) => message.includes('asks to sign in'),
    sentence: (title) =>
      `${title} asks visitors from this address to sign in: the images are hardly all private. It usually ends by itself; until then poll less often, or use another address`,
  },
  ofCode(
    'rate_limited',
    (title) => `${title} limits this address: track fewer images, poll less often or raise the delay between requests`,
  ),
  ofCode('unreachable', (title) => `${title} cannot be reached`),
  ofCode(
    'invalid_response',
    (title) =>
      `most answers of ${title} cannot be understood: it has probably changed its pages. Stored totals stay as they are; look for a newer version of registry-stats`,
  ),
  ofCode(
    'not_found',
    (title) =>
      `${title} says that most images do not exist: it probably refuses this address for a while, the images are hardly all deleted`,
  ),
  ofCode(
    'unauthorized',
    (title) => `${title} refuses most images: it refuses this address or login for a while, or the images are not public`,
  ),
];

function ofCode(code: ErrorCode, sentence: Cause['sentence']): Cause {
  return { matches: (failure) => failure.code === code, sentence };
}

/** What most images fail with, where that is one thing: first of those whose total is missing, then of the others. A single image may simply be wrong. */
export function diagnose(title: string, imagesRead: number, failures: readonly ImageFailure[]): Diagnosis | undefined {
  const failed = failures.filter(({ missing }) => missing === 'total');
  const total = imagesRead + failed.length;
  const isWave = (alike: readonly ImageFailure[]): boolean => alike.length >= minImages && alike.length * 2 > total;
  for (const missing of ['total', 'details'] as const) {
    for (const [cause, alike] of byCause(failures.filter((failure) => failure.missing === missing))) {
      if (!isWave(alike)) continue;
      return {
        missing,
        text: textOf(title, cause, alike),
        explains: (failure) => failure.missing === missing && causeOf(failure) === cause,
      };
    }
  }
  return undefined;
}

function textOf(title: string, cause: Cause, alike: readonly ImageFailure[]): string {
  const [first] = alike;
  if (first?.missing !== 'details') return cause.sentence(title);
  const isOneThing = alike.every(({ message }) => message === first.message);
  return `the totals of ${title} are read, but not all details: ${isOneThing ? first.message : cause.sentence(title)}`;
}

function byCause(failures: readonly ImageFailure[]): Map<Cause, ImageFailure[]> {
  const groups = new Map<Cause, ImageFailure[]>();
  for (const failure of failures) {
    const cause = causeOf(failure);
    if (cause) groups.set(cause, [...(groups.get(cause) ?? []), failure]);
  }
  return groups;
}

function causeOf(failure: ImageFailure): Cause | undefined {
  return causes.find(({ matches }) => matches(failure));
}
