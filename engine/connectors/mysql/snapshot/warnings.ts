import { DtsError } from '../../../core/errors.ts';
import { tableLabel } from '../../../core/table.ts';
import type { TargetTable } from '../../../core/target.ts';
import type { MysqlConnection, WriteResult } from '../connection.ts';
import { listWarnings } from '../warnings.ts';

/**
 * Warnings that do not mean a changed value (mysqld_error.h): deprecations of column attributes and functions, duplicate rows
 * replaced, notes about statements and replication.
 */
const harmless = new Set([1287, 1592, 1681, 3719, 3778]);
/** Storing 0, the error value of an enum, warns of truncation although it arrives as it was. */
const WARN_DATA_TRUNCATED = 1265;

/**
 * Throws VALUE_NOT_EXACT when a write made the server change a value: the session is not strict, so that stored oddities pass,
 * and every change it makes leaves a warning. Call right after the write, on its connection.
 */
export async function refuseInexactWrites(
  connection: MysqlConnection,
  result: WriteResult,
  table: TargetTable,
): Promise<void> {
  if (result.warnings === 0) return;
  const enums = table.source.columns.filter((column) => column.type.name === 'enum');
  const { warnings, complete } = await listWarnings(connection, result.warnings);
  const bad = warnings.find(({ Code, Message }) => {
    if (harmless.has(Number(Code))) return false;
    // The name is an argument of the text in every language of the server.
    const ofEnum = enums.some((column) => Message?.includes(`'${column.name}'`));
    return !(Number(Code) === WARN_DATA_TRUNCATED && ofEnum);
  });
  if (!bad && complete) return;
  const object = tableLabel(table.id);
  const code = bad?.Code ?? 'too many';
  throw new DtsError('VALUE_NOT_EXACT', `${object}: the target changed values (warning ${code})`, {
    details: { object, driverCode: code },
  });
}
