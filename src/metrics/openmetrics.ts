/** The stored history as OpenMetrics, for `promtool tsdb create-blocks-from openmetrics`. */
import { dayMs } from '../core/model/day.ts';
import type { ImageSeries, LatestImage } from '../core/model/history.ts';
import { imageKey } from '../core/model/image.ts';
import { definitions } from './definitions.ts';
import { imageLabels } from './image-labels.ts';

const name = 'registrystats_image_pulls';

/** One sample per day with a total, at its end; the newest at the time it was read. Lines with their ends, `# EOF` last. */
export function* openMetricsLines(series: readonly ImageSeries[], latest: readonly LatestImage[]): Generator<string> {
  yield `# TYPE ${name} gauge\n# HELP ${name} ${definitions[name].help}\n`;
  const readAt = new Map(latest.map((image) => [imageKey(image), Date.parse(image.readAt ?? '')]));
  for (const image of series) {
    const labels = Object.entries(imageLabels(image)).map(([label, value]) => `${label}="${escaped(value)}"`);
    const line = `${name}{${labels.join(',')}}`;
    for (let at = 0; at < image.days.length; at += 1) {
      const endOfDay = ((image.days[at] ?? 0) + 1) * dayMs - 1_000;
      const newest = at === image.days.length - 1 ? readAt.get(imageKey(image)) : undefined;
      // A backfilled total is at the end of its day even when it is the newest.
      const moment = newest !== undefined && newest > endOfDay - dayMs && newest < endOfDay ? newest : endOfDay;
      yield `${line} ${image.totals[at] ?? 0} ${Math.floor(moment / 1000)}\n`;
    }
  }
  yield '# EOF\n';
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
