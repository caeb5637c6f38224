/** What outgoing HTTP looks like to a source; client.ts implements it. */
export interface HttpPolicy {
  /** Origins that may be asked and redirected to, e.g. `https://hub.docker.com`; nothing else is ever contacted. */
  readonly origins: readonly string[];
  /** Least milliseconds between the starts of two requests to one host; retries and redirects count. */
  readonly delayMs: number;
  /** Up to this many times `delayMs` is added at random. */
  readonly jitter?: number | undefined;
  /** Largest accepted body in bytes after decompression; more is an invalid_response, never a cut body. */
  readonly maxBytes: number;
  /**
   * How long all requests to a host stay refused after the first unexplained rate limit that outlasted the retries, in milliseconds.
   * Without it a host is left alone for some minutes when several requests in a row were refused.
   */
  readonly cooldownMs?: number | undefined;
  /** Recognizes a rate limit that does not come as a 429. */
  readonly isRateLimit?: ((answer: HttpAnswer) => boolean) | undefined;
}

export interface HttpRequest {
  readonly method?: 'GET' | 'POST' | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Whether a POST only asks, so that it may be sent again. */
  readonly idempotent?: true | undefined;
  /** Instead of the policy's. */
  readonly maxBytes?: number | undefined;
  /**
   * Never tried again, and answered whatever the status is: for logins, where each try counts against the account. What it
   * says about waiting holds for this request alone, so that everything else goes on.
   */
  readonly isSingle?: true | undefined;
  /**
   * Something is sent, and whether it was taken is all that the answer is to say: no more than its beginning is read, however much there is,
   * and a redirect that would leave the body behind is an invalid_response.
   */
  readonly isDelivery?: true | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
  /** Where the answer came from, after redirects. */
  readonly url: string;
}

export interface HttpClient {
  /**
   * Asks once politely: paced, retried, redirected only inside the policy's origins.
   * Resolves with the final answer of any status except 408, 429 and 5xx.
   * @throws AppError rate_limited (with retryAfterMs where known), unreachable (network, timeout, 5xx after the retries),
   *   unauthorized (a bot protection refuses this client or address), invalid_response (body too large, redirect to a foreign host
   *   or too many of them); the signal's reason when aborted
   */
  request(url: string, request?: HttpRequest): Promise<HttpAnswer>;
}

export type CreateHttpClient = (policy: HttpPolicy) => HttpClient;
