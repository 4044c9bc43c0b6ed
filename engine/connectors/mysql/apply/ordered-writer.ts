import type { Row, RowChange } from '../../../core/row.ts';
import type { WriteStep } from '../../../core/target.ts';
import { deleteCopies, statement } from './batch-writer.ts';
import { deleteWithChildren } from './own-cascade.ts';
import { type StatementInfo, type StatementQueue, sliceParts } from './statement-queue.ts';
import { literalBytesBound, type TableSql } from './table-sql.ts';

/** Executes changes one by one, with foreign keys checked, and thus acting, where they were at the source. */
export async function writeOrdered(
  queue: StatementQueue,
  sql: TableSql,
  step: Extract<WriteStep, { kind: 'ordered' }>,
): Promise<void> {
  const setChecks = (on: boolean) =>
    statement(queue, 64, { label: sql.label }, () =>
      queue.writer.ascii(`SET foreign_key_checks=${on ? 1 : 0}`),
    );
  if (step.foreignKeyChecks) await setChecks(true);
  for (const change of step.changes) await writeChange(queue, sql, change, step.mode === 'strict');
  if (step.foreignKeyChecks) await setChecks(false);
}

async function writeChange(
  queue: StatementQueue,
  sql: TableSql,
  change: RowChange,
  strict: boolean,
): Promise<void> {
  if (change.kind === 'insert') await insertRow(queue, sql, change.after, strict);
  else if (change.kind === 'delete') await deleteRow(queue, sql, change.before, strict);
  else await updateRow({ queue, sql, before: change.before, after: change.after, strict });
}

async function insertRow(queue: StatementQueue, sql: TableSql, row: Row, strict: boolean): Promise<void> {
  const head = strict || !sql.identity ? sql.insertHead : sql.replaceHead;
  await statement(
    queue,
    literalBytesBound(row),
    { label: sql.label, errorMembers: sql.errorMembers(row) },
    () => {
      queue.writer.text(head);
      sql.values(queue.writer, row);
    },
  );
}

async function deleteRow(queue: StatementQueue, sql: TableSql, row: Row, strict: boolean): Promise<void> {
  if (!sql.identity) return await deleteCopies(queue, sql, row, 1);
  const info: StatementInfo = {
    label: sql.label,
    ...(strict ? { expectedRows: 1 } : {}),
    stepByStep: (connection, parts) => {
      const condition = sliceParts(parts, Buffer.byteLength(sql.deleteHead), Number.POSITIVE_INFINITY);
      return deleteWithChildren(connection, sql.id, condition);
    },
  };
  await statement(queue, literalBytesBound(row), info, () => {
    queue.writer.text(sql.deleteHead);
    sql.identityCondition(queue.writer, row);
  });
}

async function updateRow(options: {
  queue: StatementQueue;
  sql: TableSql;
  before: Row;
  after: Row;
  strict: boolean;
}): Promise<void> {
  const { queue, sql, before, after, strict } = options;
  const { writer } = queue;
  const set = sql.changed(before, after);
  if (set.every((value) => value === undefined)) return;
  // Between watermarks the copy may hold the row under both keys already: the one with the new key is younger and stays.
  const mayMeetYounger = !strict && sql.changesIdentity(before, after);
  const bytes = literalBytesBound(set) + literalBytesBound(before) * 2;
  const info = {
    label: sql.label,
    errorMembers: sql.errorMembers(set),
    ...(strict ? { expectedRows: 1 } : {}),
    ...(mayMeetYounger ? { ignoresDuplicates: true } : {}),
  };
  await statement(queue, bytes, info, () => {
    writer.text(mayMeetYounger ? sql.updateIgnoreHead : sql.updateHead);
    sql.assignments(writer, set);
    writer.ascii(' WHERE ');
    if (sql.identity) sql.identityCondition(writer, before);
    else {
      sql.wholeRowCondition(writer, before);
      sql.wholeRowOrder(writer, before);
      writer.ascii(' LIMIT 1');
    }
  });
  // By bytes: under its collation the new key may be equal to the old one.
  if (mayMeetYounger) {
    await statement(queue, literalBytesBound(before) * 3, { label: sql.label }, () => {
      writer.text(sql.deleteHead);
      sql.identityCondition(writer, before);
      sql.identityBytesCondition(writer, before);
    });
  }
}
