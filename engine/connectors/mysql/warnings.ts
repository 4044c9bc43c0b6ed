import { executeIfAllowed, type MysqlConnection } from './connection.ts';

/** What 16 bits of the protocol can count, and the most that a server keeps. */
const MOST_WARNINGS = 65_535;

/**
 * Lets a session keep as many warnings as can be: with fewer, one that matters may be lost behind harmless ones. MySQL 9 wants a
 * privilege for that; without it the server's own number stays.
 */
export async function keepWarnings(connection: MysqlConnection): Promise<void> {
  await executeIfAllowed(connection, `SET SESSION max_error_count=${MOST_WARNINGS}`);
}

/**
 * Warnings of the last statement, of which its answer counted `counted`. Not complete: the server kept fewer than there were, and
 * what was cut off is not known to be harmless.
 */
export async function listWarnings(
  connection: MysqlConnection,
  counted: number,
): Promise<{ warnings: Record<string, string | null>[]; complete: boolean }> {
  const warnings = await connection.query('SHOW WARNINGS');
  const [row] = await connection.query('SELECT @@SESSION.max_error_count AS kept');
  const kept = Math.min(Number(row?.kept), MOST_WARNINGS);
  return { warnings, complete: warnings.length >= counted && warnings.length < kept };
}
