import { DtsError } from '../../core/errors.ts';
import { serverErrorNumber } from './server-error.ts';

/** Unknown database, column, table or index; definition changed since the snapshot began: the structure we were given is no more. */
const tableChangedNumbers = new Set([1049, 1054, 1146, 1176, 1412]);

/** SOURCE_TABLE_CHANGED for such a failure of a read or a lock; any other as it is. */
export function asTableChanged(error: unknown): unknown {
  const number = serverErrorNumber(error);
  if (number === undefined || !tableChangedNumbers.has(number)) return error;
  return new DtsError('SOURCE_TABLE_CHANGED', (error as Error).message, {
    details: (error as DtsError).details,
    cause: error,
  });
}
