import type { Clock } from '../../../core/clock.ts';
import type { Position } from '../../../core/position.ts';
import { blockBytes, type RowBlock, type SnapshotSource } from '../../../core/source.ts';
import { identityOf, type Table, tableLabel } from '../../../core/table.ts';
import type { ServerCapabilities } from '../capabilities.ts';
import type { MysqlConnection } from '../connection.ts';
import type { ConnectionPool } from '../connection-pool.ts';
import { quoteTable } from '../identifier.ts';
import { isMysqlAtLeast } from '../session.ts';
import { asTableChanged } from '../table-changed.ts';
import { tablesWithoutTransactions } from '../tables-without-transactions.ts';
import {
  beginQuietSnapshot,
  beginSnapshot,
  endOfLog,
  releaseReadLock,
  takeReadLock,
  underReadLock,
} from '../watermark.ts';
import { columnForm, writableColumns } from './column-form.ts';
import { typesHint, typesOf } from './json-types.ts';
import { chunkKey, rangeCondition } from './key-range.ts';
import { planChunks } from './plan-chunks.ts';
import { RowSizes } from './row-size.ts';
import { streamRows } from './stream-query.ts';

/** Reading of MySQL and MariaDB tables. One per task; its calls may run at the same time. */
export function snapshotSource(options: {
  pool: ConnectionPool;
  capabilities: () => Promise<ServerCapabilities>;
  clock: Clock;
}): SnapshotSource {
  const { pool, clock } = options;
  const sizes = new RowSizes();
  return {
    planChunks: (plan) =>
      planChunks({
        ...plan,
        withConnection: (work) => pool.with((connection) => orTableChanged(work(connection))),
        averageRowBytes: () => sizes.average(plan.table.id),
      }),

    async *readChunk({ table, chunk, signal }) {
      const identity = identityOf(table);
      const key = identity && chunkKey(table, identity);
      const condition = key ? rangeCondition(key, chunk) : '';
      const tail = `${key ? ` ${key.hint}` : ''}${condition === '' ? '' : ` WHERE ${condition}`}`;
      const connection = await pool.take();
      let [rows, bytes] = [0, 0];
      for await (const block of readRows(connection, table, tail, signal)) {
        rows += block.rows;
        bytes += blockBytes(block);
        yield block;
      }
      sizes.add(table.id, rows, bytes);
      pool.give(connection);
    },

    async *readTogether({ tables, signal, onPosition }) {
      const capabilities = await options.capabilities();
      const connection = await pool.take();
      const holder = await pool.take().catch((error) => {
        connection.destroy();
        throw error;
      });
      let complete = false;
      let released = false;
      try {
        const ids = tables.map(({ id }) => id);
        // No snapshot covers these: all are locked against writing until they are read. All at once, as a writer that holds one of them
        // may wait for another.
        const locked = (await tablesWithoutTransactions(holder, ids)).length > 0;
        if (locked) await takeReadLock(holder, clock, ids);
        const begin = async (asker: MysqlConnection) => {
          const end = await endOfLog(asker, capabilities);
          await connection.execute('START TRANSACTION WITH CONSISTENT SNAPSHOT');
          return end;
        };
        const withoutMoreLock =
          locked && !capabilities.snapshotTellsPosition
            ? await begin(holder)
            : await beginWithoutLock({ connection, capabilities, clock });
        // The lock holds writers of these tables back while the log's end is read and the snapshot begins: both then name one state.
        const position = withoutMoreLock ?? (await underReadLock(holder, clock, ids, () => begin(holder)));
        const release = async () => {
          if (locked) await releaseReadLock(holder);
          pool.give(holder);
          released = true;
        };
        // A read may take hours: who has nothing to hold does not wait for its end.
        if (!locked) await release();
        await onPosition(position);
        for (const table of tables) {
          if (capabilities.savepointReleasesTables) await connection.execute('SAVEPOINT opendts');
          yield { table, blocks: readRows(connection, table, '', signal) };
          // The snapshot stays, but the metadata lock of a table that is read goes: ALTER TABLE need not wait for all the others.
          if (capabilities.savepointReleasesTables) await connection.execute('ROLLBACK TO SAVEPOINT opendts');
        }
        await connection.execute('COMMIT');
        if (locked) await release();
        complete = true;
      } catch (error) {
        throw asTableChanged(error);
      } finally {
        if (complete) pool.give(connection);
        else connection.destroy();
        if (!released) holder.destroy();
      }
    },
  };
}

async function beginWithoutLock(reading: {
  connection: MysqlConnection;
  capabilities: ServerCapabilities;
  clock: Clock;
}): Promise<Position | undefined> {
  const { connection, capabilities } = reading;
  if (capabilities.snapshotTellsPosition) return await beginSnapshot(connection, capabilities);
  return capabilities.gtid ? await beginQuietSnapshot(reading) : undefined;
}

async function* readRows(
  connection: MysqlConnection,
  table: Table,
  tail: string,
  signal: AbortSignal,
): AsyncGenerator<RowBlock> {
  const columns = writableColumns(table);
  const forms = columns.map(columnForm);
  const documents = isMysqlAtLeast(connection.serverVersion, 8, 0, 14)
    ? columns.flatMap(({ type }, i) => (type.name === 'json' ? [i] : []))
    : [];
  const hint = documents.length > 0 ? ` ${typesHint}` : '';
  const selected = [...documents.map((i) => typesOf(forms[i]!.read)), ...forms.map((form) => form.read)];
  // Else a writer that waits for the lock of a table without transactions would let no reader pass.
  const sql = `SELECT${hint} HIGH_PRIORITY ${selected.join(', ')} FROM ${quoteTable(table.id)}${tail}`;
  try {
    yield* streamRows({
      connection,
      sql,
      escaped: forms.map((form) => form.escaped),
      documents,
      signal,
      object: tableLabel(table.id),
    });
  } catch (error) {
    throw asTableChanged(error);
  }
}

async function orTableChanged<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw asTableChanged(error);
  }
}
