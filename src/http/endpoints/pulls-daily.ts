import { dailyPullValues } from '../../core/numbers/daily-rows.ts';
import { pullsEndpoint } from '../pulls-endpoint.ts';

export const dailyPullsEndpoint = pullsEndpoint({
  path: '/api/pulls/daily',
  summary: 'Pulls by day',
  description:
    "Taken per registry and image before anything is summed; an image's first known day and a decrease count 0. A day without data has no row; the next value covers it.",
  rowName: 'DailyPullsRow',
  column: 'daily_pulls',
  columnDescription: 'Since the known day before',
  hasDetails: true,
  values: dailyPullValues,
});
