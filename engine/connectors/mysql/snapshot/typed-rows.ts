import { DtsError } from '../../../core/errors.ts';
import { JsonDocument } from '../../../core/row.ts';
import { type TypedRow, typedRowBytes } from '../../../core/source.ts';
import { tableLabel } from '../../../core/table.ts';
import type { TargetTable } from '../../../core/target.ts';
import type { MysqlConnection } from '../connection.ts';
import { quoteName, quoteTable } from '../identifier.ts';
import { jsonValue } from '../json-literal.ts';
import { isMysqlAtLeast, parseVersion } from '../session.ts';
import { SqlWriter } from '../sql-writer.ts';
import { columnForm, writableColumns } from './column-form.ts';
import { refuseInexactWrites } from './warnings.ts';

/** Statements go from this size on. */
const STATEMENT_BYTES = 512 * 1024;

/** Writes rows whose JSON documents have scalars of SQL types, over those with the same identity. Throws TARGET_ROW_TOO_LARGE, VALUE_NOT_EXACT. */
export async function insertTyped(
  connection: MysqlConnection,
  table: TargetTable,
  rows: readonly TypedRow[],
  maxAllowedPacket: number,
): Promise<void> {
  const object = tableLabel(table.id);
  const { serverVersion } = connection;
  // MariaDB keeps the text that MySQL prints.
  const dialect =
    parseVersion(serverVersion).flavour === 'mysql'
      ? { jsonTable: isMysqlAtLeast(serverVersion, 8, 0, 14) }
      : undefined;
  const columns = writableColumns(table.source);
  const wrappers = columns.map((column) => (columnForm(column).write ?? String)('\0').split('\0'));
  const head = `REPLACE INTO ${quoteTable(table.id)} (${columns.map(({ name }) => quoteName(name)).join(', ')}) VALUES `;
  const writer = new SqlWriter();

  const writeRow = (row: TypedRow) => {
    for (const [i, value] of row.entries()) {
      writer.ascii(i === 0 ? '(' : ',');
      const [before, after] = wrappers[i]!;
      if (value === null) writer.ascii('NULL');
      else if (value instanceof JsonDocument && dialect) jsonValue(writer, value, dialect);
      else {
        writer.text(before!);
        writer.quoted(value instanceof JsonDocument ? Buffer.from(value.text) : value);
        writer.text(after!);
      }
    }
    writer.ascii(')');
  };
  const flush = async () => {
    // One byte of the packet is the command.
    if (writer.length + 1 >= maxAllowedPacket) throw tooLarge(object, writer.length, maxAllowedPacket);
    const [result] = await connection.execute(writer.take(), { object });
    writer.reset();
    await refuseInexactWrites(connection, result!, table);
  };

  await connection.execute(
    "SET @opendts_sql_mode=@@SESSION.sql_mode, SESSION sql_mode=CONCAT(@@SESSION.sql_mode,',NO_BACKSLASH_ESCAPES')",
  );
  for (const row of rows) {
    if (
      writer.length > 0 &&
      writer.length + boundOf(row) > Math.min(STATEMENT_BYTES, maxAllowedPacket - 1024)
    ) {
      await flush();
    }
    if (writer.length === 0) writer.text(head);
    else writer.byte(0x2c);
    writeRow(row);
  }
  await flush();
  await connection.execute('SET SESSION sql_mode=@opendts_sql_mode');
}

/** An upper bound of the bytes of a row's literals. */
const boundOf = (row: TypedRow): number => 256 + 64 * row.length + 6 * typedRowBytes(row);

const tooLarge = (object: string, bytes: number, maxAllowedPacket: number) =>
  new DtsError(
    'TARGET_ROW_TOO_LARGE',
    `${object}: a row takes ${bytes} bytes as SQL, the target accepts ${maxAllowedPacket}.`,
    { details: { object, bytes, maxAllowedPacket } },
  );
