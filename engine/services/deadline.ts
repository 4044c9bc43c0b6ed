import { AbortedError, DtsError } from '../core/errors.ts';

/** Longest that a user waits for databases to answer a question, milliseconds. */
export const ANSWER_MILLIS = 20_000;

/** Gives up after `millis` with DEADLINE_EXCEEDED, also when the work does not heed its signal. */
export async function within<T>(
  millis: number,
  what: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new DtsError('DEADLINE_EXCEEDED', `${what} took longer than ${millis / 1000} s.`);
  const signal = AbortSignal.timeout(millis);
  const limit = Promise.withResolvers<never>();
  const onAbort = () => limit.reject(late);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work(signal), limit.promise]);
  } catch (error) {
    throw error instanceof AbortedError && signal.aborted ? late : error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
