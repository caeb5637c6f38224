/**
 * An Apprise API server, which passes messages on to a hundred services (github.com/caronc/apprise-api, "Persistent (Stateful) Storage
 * Solution", seen 2026-11-28): 204 says that there is no configuration under the key, 424 that one of its services took nothing.
 */
import { AppError } from '../../core/model/errors.ts';
import type { HttpChannelKind } from '../channel.ts';
import { markdownWithTables, renderNotice } from '../render.ts';
import { authorizationOf } from './webhook.ts';

const maxLength = 30_000;

export const apprise: HttpChannelKind = {
  schemes: ['apprise'],
  example: 'http+apprise://apprise:8000/KEY?tag=registry-stats',
  refusals: new Map([[204, 'there is no configuration under this key']]),
  prepare(address) {
    const parts = address.pathname.split('/').filter((part) => part !== '');
    const key = parts.pop();
    if (key === undefined || key === 'notify')
      throw new AppError('invalid_input', 'it needs the key of a configuration, as apprise://host/KEY');
    const path = [...(parts.at(-1) === 'notify' ? parts.slice(0, -1) : parts), 'notify', key].join('/');
    const tag = address.searchParams.get('tag') ?? undefined;
    return (notice) => ({
      url: `${address.origin}/${path}`,
      headers: authorizationOf(address),
      json: {
        title: notice.title,
        body: renderNotice(notice, markdownWithTables, { maxLength }),
        type: notice.isProblem ? 'warning' : 'info',
        format: 'markdown',
        tag,
      },
    });
  },
};
