import type { TextContent } from './endpoint.ts';

/** A value as JSON; fields that are undefined are left out. */
export function jsonContent(value: object, status?: TextContent['status']): TextContent {
  return { type: 'application/json', chunks: [JSON.stringify(value)], status };
}
