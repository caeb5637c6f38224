/** What to do about a failure, by its code. */
import type { ErrorCode } from '../core/model/errors.ts';

export const advice: Readonly<Record<ErrorCode, string>> = {
  not_found: 'Check the spelling, and that the image is public.',
  unauthorized: 'The image or its owner is not public, or the login is invalid.',
  forbidden: 'The service does not allow this.',
  rate_limited:
    'The registry limits requests from this IP address. The next run tries again; a larger delay, or a login for Docker Hub, helps.',
  unreachable: 'The registry did not answer. Check the network, DNS and proxy of the container.',
  invalid_response: 'The registry has probably changed its pages or API. Check for a newer version of registry-stats.',
  invalid_input: 'Check the entry in the configuration.',
  misconfigured: 'Check the configuration.',
  conflict: 'Another process uses the same resource.',
  overloaded: 'Too much was going on at once. The next run tries again.',
  internal: 'Check the log of the service.',
};
