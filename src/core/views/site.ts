/** What is served for people beside the API: pages, the data behind their charts, and the files that they load. */

export interface SiteRequest {
  /** Without the base path. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Where the service is reached from outside, as `https://stats.example`. */
  readonly origin: string;
}

export interface SiteAnswer {
  /** `data` changes only with what is stored; `page` may also show the current time. */
  readonly kind: 'page' | 'data';
  readonly status: 200 | 400 | 404;
  readonly type: string;
  readonly text: string;
}

/** A file whose name changes with its content. */
export interface SiteAsset {
  readonly type: string;
  readonly brotli: Uint8Array<ArrayBuffer>;
  plain(): Uint8Array<ArrayBuffer>;
}

export interface Site {
  asset(path: string): SiteAsset | undefined;
  /**
   * Undefined when no page has this address.
   * @throws AppError not_found, invalid_input: behind a chart; a page says it itself
   */
  answer(request: SiteRequest): Promise<SiteAnswer | undefined>;
}
