/** The stored history as OpenMetrics, for `promtool tsdb create-blocks-from openmetrics`. */
import { dayMs } from '../core/model/day.ts';
import type { ImageSeries, LatestImage } from '../core/model/history.ts';
import { imageKey } from '../core/model/image.ts';
import { definitions } from './definitions.ts';
import { labelText } from './image-labels.ts';

const name = 'registrystats_image_pulls';

export const openMetricsHead = `# TYPE ${name} gauge\n# HELP ${name} ${definitions[name].help}\n`;
export const openMetricsEnd = '# EOF\n';

/** One sample per day with a total, at its end; the newest at the time it was read. Lines with their ends, which go between head and end. `latest`: the newest values by the key of an image. */
export function* openMetricsLines(series: readonly ImageSeries[], latest: ReadonlyMap<string, LatestImage>): Generator<string> {
  for (const image of series) {
    const readAt = Date.parse(latest.get(imageKey(image))?.readAt ?? '');
    const line = `${name}${labelText(image)}`;
    for (let at = 0; at < image.days.length; at += 1) {
      const endOfDay = ((image.days[at] ?? 0) + 1) * dayMs - 1_000;
      const newest = at === image.days.length - 1 ? readAt : Number.NaN;
      // A backfilled total is at the end of its day even when it is the newest.
      const moment = newest > endOfDay - dayMs && newest < endOfDay ? newest : endOfDay;
      yield `${line} ${image.totals[at] ?? 0} ${Math.floor(moment / 1000)}\n`;
    }
  }
}
