/** From the system's error codes to what a user can do about them. */
import { AppError } from '../../core/model/errors.ts';

/** The folder, and who this process is to it. */
export interface Place {
  readonly directory: string;
  /** As `chown` takes it, e.g. `65532:65532`. */
  readonly owner: string | undefined;
}

/** The system's code of an error, e.g. `ENOSPC`. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

export function isDenied(error: unknown): boolean {
  return errorCode(error) === 'EACCES' || errorCode(error) === 'EPERM';
}

/** Whether the disk takes nothing at the moment, and what is on it can be read all the same. */
export function isOutOfOrder(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT', 'EROFS', 'EFBIG'].includes(errorCode(error) ?? '');
}

/** A failure of the disk as `internal`, worded `<what>: <why>`; an AppError stays as it is. */
export function storageError(error: unknown, what: string, place: Place): AppError {
  if (error instanceof AppError) return error;
  return new AppError('internal', `${what}: ${describeError(error, place)}`, { cause: error });
}

/** Why the folder cannot be created, or is not a folder, as `misconfigured`. */
export function missingFolder(error: unknown, place: Place): AppError {
  const { directory } = place;
  const code = errorCode(error);
  const message =
    code === 'EEXIST' || code === 'ENOTDIR'
      ? `${directory} is not a folder: set DATA_DIR to a folder`
      : isDenied(error)
        ? `${directory} cannot be created: permission denied; create it and ${ownershipAdvice(place)}`
        : `${directory} cannot be created: ${describeError(error, place)}`;
  return new AppError('misconfigured', message, { cause: error });
}

/** Why the folder cannot be used for `what` (readable, writable), as `misconfigured`. */
export function unusableFolder(error: unknown, what: 'readable' | 'writable', place: Place): AppError {
  if (errorCode(error) === 'ENOENT') return new AppError('misconfigured', `${place.directory} not found: check DATA_DIR`, { cause: error });
  const why = isDenied(error) ? ownershipAdvice(place) : describeError(error, place);
  return new AppError('misconfigured', `${place.directory} is not ${what}: ${why}`, { cause: error });
}

function describeError(error: unknown, place: Place): string {
  const { directory } = place;
  const code = errorCode(error);
  switch (code) {
    case 'ENOSPC':
      return `the disk with ${directory} is full`;
    case 'EDQUOT':
      return `the disk quota of ${directory} is used up`;
    case 'EROFS':
      return `${directory} is read-only, mount it writable`;
    case 'EACCES':
    case 'EPERM':
      return `permission denied in ${directory}; ${ownershipAdvice(place)}`;
    case 'EIO':
      return `the disk with ${directory} has an I/O error`;
    case 'EFBIG':
      return 'the file is too large for the file system';
    case 'EMFILE':
    case 'ENFILE':
      return 'too many files are open';
    case 'ENOENT':
      return `${directory} or a file in it no longer exists`;
    case undefined:
      return 'unexpected error';
    default:
      return `the file system reports ${code}`;
  }
}

function ownershipAdvice({ directory, owner }: Place): string {
  return `give it to the user that registry-stats runs as (chown -R ${owner ?? '<user>'} ${directory}), or run as its owner ("user:" in a compose file)`;
}
