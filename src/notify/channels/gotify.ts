/** Gotify: `POST /message` with the token of an application (gotify.net/docs/pushmsg and /docs/msgextras, seen 2026-11-28). */
import { AppError } from '../../core/model/errors.ts';
import type { HttpChannelKind } from '../channel.ts';
import { markdownWithTables, renderNotice } from '../render.ts';

/** Gotify has no limit of its own; a phone has. */
const maxLength = 10_000;
const priorities = { problem: 7, other: 5 };

export const gotify: HttpChannelKind = {
  schemes: ['gotify'],
  example: 'gotify://gotify.example.org/AbCdEf123456789',
  prepare(address) {
    const parts = address.pathname.split('/').filter((part) => part !== '');
    const token = parts.pop();
    if (token === undefined)
      throw new AppError('invalid_input', 'it needs the token of an application, as gotify://gotify.example.org/TOKEN');
    return (notice) => ({
      url: `${address.origin}/${[...parts, 'message'].join('/')}`,
      headers: { 'x-gotify-key': decodeURIComponent(token) },
      json: {
        title: notice.title,
        // Two blanks end a line in Markdown without a new paragraph.
        message: renderNotice(notice, markdownWithTables, { maxLength }).replaceAll(/(?<=[^|\n])\n(?=[^|\n])/g, '  \n'),
        priority: notice.isProblem ? priorities.problem : priorities.other,
        extras: { 'client::display': { contentType: 'text/markdown' } },
      },
    });
  },
};
