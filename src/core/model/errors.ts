/** Everything that can go wrong, as a closed vocabulary that every edge translates with one table. */
export const errorCodes = [
  'not_found',
  'unauthorized',
  'forbidden',
  'rate_limited',
  'unreachable',
  'invalid_response',
  'invalid_input',
  'misconfigured',
  'conflict',
  'overloaded',
  'internal',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

export interface AppErrorOptions {
  readonly cause?: unknown;
  /** Milliseconds after which another try makes sense, where the other side said so. */
  readonly retryAfterMs?: number | undefined;
}

/** The only error class. The message is for users; the cause is for the log. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** What was thrown, as an AppError: itself if it is one, else `internal` (or `code`) with the original as its cause. */
export function toAppError(thrown: unknown, code: ErrorCode = 'internal'): AppError {
  if (thrown instanceof AppError) return thrown;
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return new AppError(code, detail, { cause: thrown });
}

/** An error as fields of a log line; the cause is for operators and appears nowhere else. */
export function errorFields(error: AppError): { readonly code: ErrorCode; readonly reason: string; readonly cause?: string } {
  const { cause } = error;
  const detail = cause instanceof Error ? `${cause.name}: ${cause.message}` : undefined;
  return { code: error.code, reason: error.message, ...(detail === undefined ? {} : { cause: detail }) };
}
