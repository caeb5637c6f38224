/** The URL of a Prometheus server, with the credentials that it may contain. */
import { AppError } from '../../core/model/errors.ts';

export interface PrometheusAddress {
  readonly origin: string;
  /** With its path, without credentials and trailing slash. */
  readonly url: string;
  /** `user:password`, where the URL has them. */
  readonly credentials: string | undefined;
}

/** @throws AppError invalid_input, with a message that never contains the text: there may be a password in it */
export function parsePrometheusAddress(text: string): PrometheusAddress {
  try {
    const { origin, pathname, username, password } = new URL(text);
    const credentials = username === '' ? undefined : `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return { origin, url: `${origin}${pathname.replace(/\/+$/, '')}`, credentials };
  } catch {
    // Not as a cause: its message contains the URL too.
    throw new AppError(
      'invalid_input',
      'invalid URL of the Prometheus server: valid is one such as http://prometheus:9090 or http://user:password@prometheus:9090, with %25 for a % in the password',
    );
  }
}
