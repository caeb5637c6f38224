import { withGroups } from '../../core/views/groups.ts';
import { newestTags } from '../../core/views/tags.ts';
import { endpoint } from '../../http/endpoint.ts';
import { jsonContent } from '../../http/json-content.ts';
import type { PageDeps } from '../context.ts';
import { chartJson } from '../chart-json.ts';
import { imageChart } from '../image.ts';
import { knownGroupedImages } from '../known-images.ts';
import { overviewOf } from '../overview-data.ts';
import { releasesOf } from '../tags.ts';
import { viewField, type View } from '../view.ts';

export const chartJsonEndpoint = endpoint({
  path: '/data/chart.json',
  summary: 'The chart of a view, with the releases where it is of one image',
  query: { view: viewField },
  async handle({ query: { view } }, deps: PageDeps) {
    const [repo, ...others] = view.repos;
    if (repo !== undefined && others.length === 0) return jsonContent(await oneImage(deps, view, repo));
    return jsonContent(chartJson((await overviewOf(deps, view)).shown));
  },
});

async function oneImage(deps: PageDeps, view: View, repo: string): Promise<object> {
  const registries = view.registry === '' ? undefined : new Set([view.registry]);
  const grouped = withGroups({ registries, repos: new Set([repo]) }, deps.groups);
  const known = await knownGroupedImages(deps.store, grouped);
  const tags = await newestTags(deps.store, known.latest);
  const releases = releasesOf(
    tags.map((image) => image.tags),
    view.kind,
  );
  return chartJson(await imageChart(deps, view, known), releases);
}
