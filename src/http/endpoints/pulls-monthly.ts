import { periodPullValues } from '../../core/numbers/daily-rows.ts';
import { pullsEndpoint } from '../pulls-endpoint.ts';

export const monthlyPullsEndpoint = pullsEndpoint({
  path: '/api/pulls/monthly',
  summary: 'Pulls by month',
  description: 'The timestamp is that of the 1st. Every period that the range touches is given whole.',
  rowName: 'MonthlyPullsRow',
  column: 'monthly_pulls',
  columnDescription: 'The whole month',
  period: 'month',
  values: (totals, lines) => periodPullValues(totals, lines, 'month'),
});
