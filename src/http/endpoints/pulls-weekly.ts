import { periodPullValues } from '../../core/numbers/daily-rows.ts';
import { pullsEndpoint } from '../pulls-endpoint.ts';

export const weeklyPullsEndpoint = pullsEndpoint({
  path: '/api/pulls/weekly',
  summary: 'Pulls by ISO week',
  description: 'The timestamp is that of the Monday. Every period that the range touches is given whole.',
  rowName: 'WeeklyPullsRow',
  column: 'weekly_pulls',
  columnDescription: 'Monday to Sunday',
  period: 'week',
  values: (totals, lines) => periodPullValues(totals, lines, 'week'),
});
