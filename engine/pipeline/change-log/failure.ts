import { DtsError } from '../../core/errors.ts';

const fullCodes = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** A failure of the file system as the product names it. */
export function diskFailure(error: unknown, path: string): DtsError {
  if (error instanceof DtsError) return error;
  const driverCode = (error as NodeJS.ErrnoException).code;
  const message = error instanceof Error ? error.message : String(error);
  if (driverCode !== undefined && fullCodes.has(driverCode)) {
    return new DtsError('DISK_FULL', `The change log could not be written: ${message}`, {
      details: { object: path, driverCode },
      cause: error,
    });
  }
  return new DtsError('INTERNAL', `The change log met a failure of the disk: ${message}`, {
    details: { object: path, driverCode },
    cause: error,
  });
}

export function corrupt(path: string, offset: number, what: string): DtsError {
  return new DtsError('CHANGE_LOG_CORRUPT', `${what} at offset ${offset} of the change log`, {
    details: { object: path, offset },
  });
}
