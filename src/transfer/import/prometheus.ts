/** The history that a Prometheus server has of an exporter, by range queries. */
import * as z from 'zod';
import { dayMs, dayOf, toEpochDay, type Day } from '../../core/model/day.ts';
import { AppError } from '../../core/model/errors.ts';
import { formatRepo, isRepo, parseRepo } from '../../core/model/image-ref.ts';
import { compareText, imageKey, type ImageName } from '../../core/model/image.ts';
import { isPullCount } from '../../core/model/reading.ts';
import type { HttpClient } from '../../net/http.ts';
import { parseAnswer } from '../../net/json-answer.ts';
import type { ImportRecord } from './import-record.ts';

export interface PrometheusHistory {
  readonly http: HttpClient;
  /** Base URL without credentials, e.g. `http://prometheus:9090`. */
  readonly url: string;
  /** For basic authentication. */
  readonly credentials?: string | undefined;
  /** `registrystats_image_pulls_total`, the Go tool's, or `registrystats_image_pulls`, ours. */
  readonly metric: string;
  readonly from: Day;
  readonly to: Day;
  readonly registries: readonly string[];
  readonly onProgress: (done: number, total: number) => void;
}

/** A server returns at most 11,000 points per series; one per hour is more than a day needs. */
const daysAtOnce = 30;
const stepSeconds = 3600;
/** Characters of a series' labels that are reported. */
const maxLabelsLength = 300;

/** Until the year 9999, as a date can say it. */
const epochSeconds = z.number().min(0).max(253_402_300_799);
const rangeResponse = z.object({
  status: z.literal('success'),
  data: z.object({
    resultType: z.literal('matrix'),
    result: z.array(z.object({ metric: z.record(z.string(), z.string()), values: z.array(z.tuple([epochSeconds, z.string()])) })),
  }),
});
/** The newest total of an image on a day, and when it was scraped, in seconds since the epoch. */
type Sample = ImageName & { readonly day: Day; readonly pullCount: number; readonly at: number };
type Series = z.infer<typeof rangeResponse>['data']['result'][number];

/**
 * The last value of each UTC day, day by day.
 * @throws AppError invalid_input (no such metric), unauthorized, rate_limited, unreachable, invalid_response
 */
export async function* readPrometheus(history: PrometheusHistory): AsyncGenerator<ImportRecord> {
  const [first, last] = [toEpochDay(history.from), toEpochDay(history.to)];
  const parts = Math.ceil((last - first + 1) / daysAtOnce);
  const reported = new Set<string>();
  let found = 0;
  for (let part = 0; part < parts; part += 1) {
    const from = first + part * daysAtOnce;
    const series = await queryRange(history, from, Math.min(last, from + daysAtOnce - 1));
    found += series.length;
    const newest = new Map<string, Sample>();
    for (const { metric, values } of series) {
      const image = parseImage(metric, history.registries);
      if (typeof image !== 'string') {
        collectNewest(newest, image, values);
        continue;
      }
      const where = JSON.stringify(metric).slice(0, maxLabelsLength);
      if (!reported.has(where)) yield { problem: { where, reason: image } };
      reported.add(where);
    }
    for (const { at: seconds, ...reading } of [...newest.values()].toSorted((a, b) => compareText(a.day, b.day))) {
      yield { reading: { ...reading, readAt: new Date(seconds * 1000).toISOString() } };
    }
    history.onProgress(part + 1, parts);
  }
  if (found === 0) {
    throw new AppError(
      'invalid_input',
      `Prometheus has no data for ${history.metric} from ${history.from} to ${history.to}: see --metric and --since`,
    );
  }
}

async function queryRange({ http, url, credentials, metric }: PrometheusHistory, from: number, to: number): Promise<readonly Series[]> {
  // The last sample of each hour, queried at its last second: the plain metric has none older than five minutes, so an exporter that is
  // scraped less often has gaps, and at midnight it has one of the day before.
  const query = new URLSearchParams({
    query: `last_over_time(${metric}[1h])`,
    start: String(from * (dayMs / 1000) + stepSeconds - 1),
    end: String((to + 1) * (dayMs / 1000) - 1),
    step: String(stepSeconds),
  });
  const headers = {
    Accept: 'application/json',
    ...(credentials === undefined ? {} : { Authorization: `Basic ${Buffer.from(credentials).toString('base64')}` }),
  };
  const reply = await http.request(`${url}/api/v1/query_range?${query.toString()}`, { headers });
  if (reply.status === 401 || reply.status === 403) {
    throw new AppError('unauthorized', `Prometheus denied access (${reply.status}): use http://user:password@host if it needs a login`);
  }
  if (reply.status !== 200)
    throw new AppError('invalid_response', `Prometheus answered ${reply.status} for ${metric}: ${reply.body.slice(0, 200)}`);
  return parseAnswer(reply, rangeResponse, "Prometheus' answer").data.result;
}

/** The image of a series, or why there is none. Its name is in one label, or its owner in one and the rest in another. */
function parseImage(labels: Readonly<Record<string, string>>, registries: readonly string[]): ImageName | string {
  const registry = (labels['registry'] ?? '').toLowerCase();
  if (!registries.includes(registry)) return `invalid label registry ${JSON.stringify(registry)}: valid are ${registries.join(', ')}`;
  const name = labels['repo'] ?? labels['package'] ?? labels['image'] ?? labels['name'] ?? '';
  // A label "namespace" means nothing: Prometheus' own discovery writes the exporter's Kubernetes namespace there.
  const owner = labels['owner'];
  const repo = owner !== undefined && !name.toLowerCase().startsWith(`${owner.toLowerCase()}/`) ? `${owner}/${name}` : name;
  return isRepo(repo)
    ? { registry, repo: formatRepo(parseRepo(repo)) }
    : 'no image in the labels: expected owner and repo, or repo with owner/name';
}

/** Keeps the newest total of each day. An image has several series where the exporter moved, or is scraped twice. */
function collectNewest(newest: Map<string, Sample>, image: ImageName, values: Series['values']): void {
  for (const [seconds, text] of values) {
    const pullCount = Number(text);
    // The Go tool exports a package that it could not read as 0.
    if (!isPullCount(pullCount) || (pullCount === 0 && image.registry === 'ghcr')) continue;
    const day = dayOf(seconds * 1000);
    const key = `${day} ${imageKey(image)}`;
    const previous = newest.get(key);
    if (!previous || previous.at < seconds) newest.set(key, { ...image, day, pullCount, at: seconds });
  }
}
