/** The address of a Prometheus server, with the login that may stand in it. */
import { AppError } from '../../core/model/errors.ts';

export interface PrometheusAddress {
  readonly origin: string;
  /** With its path and without credentials and a slash at the end. */
  readonly url: string;
  /** `user:password`, where the address has them. */
  readonly credentials: string | undefined;
}

/** @throws AppError invalid_input, with a message that never has the text: there may be a password in it */
export function parsePrometheusAddress(text: string): PrometheusAddress {
  try {
    const { origin, pathname, username, password } = new URL(text);
    const credentials = username === '' ? undefined : `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return { origin, url: `${origin}${pathname.replace(/\/+$/, '')}`, credentials };
  } catch {
    // Not as a cause: it says the address too.
    throw new AppError(
      'invalid_input',
      'the address of the Prometheus server cannot be read: valid is one such as http://prometheus:9090 or http://user:password@prometheus:9090, with %25 for a % in the password',
    );
  }
}
