/** The metrics that have a series for each image, as text in pieces: the objects of a library would take many times as much memory. */
import { imageKey } from '../core/model/image.ts';
import type { TrackedImage } from '../core/views/images.ts';
import { definitions, type MetricName } from './definitions.ts';
import { labelText } from './image-labels.ts';
import { toSeconds } from './seconds.ts';

/** `absent`: the keys of images that their registries do not have. Without a value there is no series. */
type ValueOf = (image: TrackedImage, absent: ReadonlySet<string>) => number | undefined;

const values = {
  registrystats_image_pulls: ({ pullCount }) => pullCount,
  registrystats_image_tags: ({ tagCount }) => tagCount,
  registrystats_image_last_pushed_timestamp_seconds: ({ lastUpdated }) => toSeconds(lastUpdated),
  registrystats_image_last_read_timestamp_seconds: ({ lastRead }) => toSeconds(lastRead),
  registrystats_image_present: (image, absent) => Number(!absent.has(imageKey(image))),
} satisfies Partial<Record<MetricName, ValueOf>>;

type ImageMetric = keyof typeof values;

export function isImageMetric(name: string): name is ImageMetric {
  return Object.hasOwn(values, name);
}

/** Series that are written at a time. */
const seriesPerPiece = 500;

/** One metric, without the end of its last line. */
export function* imageSeries(name: ImageMetric, images: readonly TrackedImage[], absent: ReadonlySet<string>): Generator<string> {
  const { help, type } = definitions[name];
  const valueOf: ValueOf = values[name];
  yield `# HELP ${name} ${help}\n# TYPE ${name} ${type}`;
  for (let at = 0; at < images.length; at += seriesPerPiece) {
    let piece = '';
    for (const image of images.slice(at, at + seriesPerPiece)) {
      const value = valueOf(image, absent);
      if (value !== undefined) piece += `\n${name}${labelText(image)} ${value}`;
    }
    yield piece;
  }
}
