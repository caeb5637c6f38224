/** A request and an answer as the pipeline sees them: no more than a socket has and needs, so that an answer that is there is sent at once. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';

/** What Node's IncomingMessage has of itself. */
export interface HttpRequest {
  readonly method?: string | undefined;
  /** Path and query. */
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | Readable | undefined;
}

/** Never rejects. */
export type Handler = (request: HttpRequest) => Promise<HttpAnswer>;
