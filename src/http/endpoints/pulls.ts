import { dailyTotalValues } from '../../core/numbers/daily-rows.ts';
import { pullsEndpoint } from '../pulls-endpoint.ts';

export const totalPullsEndpoint = pullsEndpoint({
  path: '/api/pulls',
  summary: 'Cumulative pulls by day',
  description: 'Registries of one name are summed; one that was not read on a day counts with its last known total.',
  rowName: 'PullsRow',
  column: 'pull_count',
  columnDescription: 'Total at the end of the day',
  values: dailyTotalValues,
});
