/** The optional login: a short-lived token, fetched when it is needed. */
import { AppError } from '../../core/model/errors.ts';
import type { Clock } from '../../core/ports.ts';
import type { HttpClient } from '../../net/http.ts';
import { parseAnswer } from '../../net/json-answer.ts';
import { accessToken } from './schema.ts';

export interface LoginDeps {
  readonly http: HttpClient;
  readonly baseUrl: string;
  readonly clock: Clock;
  readonly username: string;
  readonly token: string;
}

export interface Login {
  /** A bearer token. @throws AppError unauthorized when the login is refused; as HttpClient.request */
  token(signal?: AbortSignal): Promise<string>;
  /** Drops a token that was not accepted. */
  forget(token: string): void;
}

/** It lives ten minutes (Docker Hub API reference, "Create access token", read 2026-11). */
const renewAfterMs = 8 * 60_000;
/** A refusal is not asked for again for every image. */
const refusedForMs = 60_000;

export function createLogin({ http, baseUrl, clock, username, token: secret }: LoginDeps): Login {
  let current: { readonly token: string; readonly until: number } | undefined;
  let refused: { readonly error: AppError; readonly until: number } | undefined;

  return {
    async token(signal) {
      if (current && clock.now() < current.until) return current.token;
      if (refused && clock.now() < refused.until) throw refused.error;
      const answer = await http.request(`${baseUrl}/v2/auth/token`, { method: 'POST', json: { identifier: username, secret }, signal });
      if (answer.status === 401 || answer.status === 403) {
        const error = new AppError('unauthorized', 'Docker Hub refused the login: check DOCKERHUB_USERNAME and DOCKERHUB_TOKEN');
        refused = { error, until: clock.now() + refusedForMs };
        throw error;
      }
      if (answer.status !== 200) throw new AppError('invalid_response', `Docker Hub answered ${answer.status} to the login`);
      const { access_token: token } = parseAnswer(answer, accessToken, "Docker Hub's login");
      current = { token, until: clock.now() + renewAfterMs };
      return token;
    },
    forget(token) {
      if (current?.token === token) current = undefined;
    },
  };
}
