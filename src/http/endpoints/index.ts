/** The endpoints of the API, in the order in which the documentation lists them. */
import type { ApiDeps } from '../deps.ts';
import type { Endpoint } from '../endpoint.ts';
import { badgeEndpoint } from './badge.ts';
import { chartEndpoint } from './chart.ts';
import { eventsEndpoint } from './events.ts';
import { feedEndpoint } from './feed.ts';
import { groupsEndpoint } from './groups.ts';
import { healthEndpoint } from './health.ts';
import { imagesEndpoint } from './images.ts';
import { metricsEndpoint } from './metrics.ts';
import { createOpenApiEndpoint } from './openapi.ts';
import { overviewEndpoint } from './overview.ts';
import { dailyPullsEndpoint } from './pulls-daily.ts';
import { monthlyPullsEndpoint } from './pulls-monthly.ts';
import { weeklyPullsEndpoint } from './pulls-weekly.ts';
import { totalPullsEndpoint } from './pulls.ts';
import { snapshotEndpoint } from './snapshot.ts';
import { statusEndpoint } from './status.ts';
import { summaryEndpoint } from './summary.ts';
import { tagsHistoryEndpoint } from './tags-history.ts';
import { tagsEndpoint } from './tags.ts';

export const endpoints: readonly Endpoint<ApiDeps>[] = [
  summaryEndpoint,
  overviewEndpoint,
  imagesEndpoint,
  groupsEndpoint,
  totalPullsEndpoint,
  dailyPullsEndpoint,
  weeklyPullsEndpoint,
  monthlyPullsEndpoint,
  tagsEndpoint,
  tagsHistoryEndpoint,
  eventsEndpoint,
  feedEndpoint,
  snapshotEndpoint,
  statusEndpoint,
  healthEndpoint,
  metricsEndpoint,
  createOpenApiEndpoint(() => endpoints),
  badgeEndpoint,
  chartEndpoint,
];
