/** ER_SPECIFIC_ACCESS_DENIED_ERROR: a statement needs a privilege that the user lacks. */
export const accessDenied = 1227;

/** No right to read the table, the database, or a column of it. */
export const tableDenied: ReadonlySet<number> = new Set([1142, 1044, 1143]);

/** The number of the server's error behind a classified failure (mysqld_error.h); undefined for what no server sent. */
export function serverErrorNumber(error: unknown): number | undefined {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 4; cause = cause.cause, depth += 1) {
    const { errno, sqlState } = cause as { errno?: number; sqlState?: string };
    if (errno !== undefined && sqlState !== undefined) return errno;
  }
  return undefined;
}
