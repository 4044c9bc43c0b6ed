import type { Row, Rows } from '../../../core/row.ts';
import type { TableBatch, WriteMode } from '../../../core/target.ts';
import type { StatementInfo, StatementQueue } from './statement-queue.ts';
import { literalBytesBound, type TableSql } from './table-sql.ts';

/** Writes one table's share of a group: deletes, whole rows over old ones, partial updates, new rows. */
export async function writeBatch(
  queue: StatementQueue,
  sql: TableSql,
  batch: TableBatch,
  mode: WriteMode,
): Promise<void> {
  const strict = mode === 'strict';
  if (sql.identity) await deleteByIdentity(queue, sql, batch.deletes, strict);
  else await deleteWhole(queue, sql, batch);
  await writeRows(queue, sql, sql.replaceHead, batch.replaces);
  for (const { identity, set } of batch.updates) {
    const info = strict ? { label: sql.label, expectedRows: 1 } : { label: sql.label };
    await statement(queue, literalBytesBound(identity) + literalBytesBound(set), info, () => {
      queue.writer.ascii(sql.updateHead);
      sql.assignments(queue.writer, set);
      queue.writer.ascii(' WHERE ');
      sql.identityCondition(queue.writer, identity);
    });
  }
  const overwrite = !strict && sql.identity !== undefined;
  await writeRows(queue, sql, overwrite ? sql.replaceHead : sql.insertHead, batch.inserts);
}

/** Queues one statement, in the next packet if the current one has no room. */
export async function statement(
  queue: StatementQueue,
  bytes: number,
  info: StatementInfo,
  write: () => void,
): Promise<void> {
  if (queue.isFull(bytes)) await queue.send();
  write();
  queue.end(info);
}

async function writeRows(queue: StatementQueue, sql: TableSql, head: string, rows: Rows): Promise<void> {
  const { writer } = queue;
  let open = 0;
  let errorMembers = 0;
  const end = () => {
    if (open > 0) queue.end({ label: sql.label, errorMembers });
    open = 0;
    errorMembers = 0;
  };
  for (const row of rows) {
    if (queue.isFull(literalBytesBound(row))) {
      end();
      await queue.send();
    }
    if (open === 0) writer.text(head);
    else writer.byte(0x2c);
    sql.values(writer, row);
    errorMembers += sql.errorMembers(row);
    open++;
  }
  end();
}

async function deleteByIdentity(
  queue: StatementQueue,
  sql: TableSql,
  rows: readonly Row[],
  strict: boolean,
): Promise<void> {
  const { writer } = queue;
  const separator = sql.identitiesSeparator();
  let open = 0;
  const end = () => {
    if (open === 0) return;
    writer.ascii(sql.identitiesTail());
    queue.end(strict ? { label: sql.label, expectedRows: open } : { label: sql.label });
    open = 0;
  };
  for (const row of rows) {
    const full = queue.isFull(literalBytesBound(row));
    if (full || open === sql.identitiesLimit) end();
    if (full) await queue.send();
    if (open === 0) writer.text(sql.deleteHead + sql.identitiesHead());
    else writer.ascii(separator);
    sql.identityItem(writer, row);
    open++;
  }
  end();
}

async function deleteWhole(queue: StatementQueue, sql: TableSql, batch: TableBatch): Promise<void> {
  for (const [i, row] of batch.deletes.entries()) {
    await deleteCopies(queue, sql, row, batch.deleteCounts?.[i] ?? 1);
  }
}

/** Removes so many copies of a row from a keyless table. */
export async function deleteCopies(
  queue: StatementQueue,
  sql: TableSql,
  row: Row,
  count: number,
): Promise<void> {
  // A value stands up to twice in the condition.
  await statement(queue, literalBytesBound(row) * 2, { label: sql.label, expectedRows: count }, () => {
    queue.writer.text(sql.deleteHead);
    sql.wholeRowCondition(queue.writer, row);
    sql.wholeRowOrder(queue.writer, row);
    queue.writer.ascii(` LIMIT ${count}`);
  });
}
