import { AbortedError } from '../../../core/errors.ts';
import { blockBytes, type RowBlock, type TypedRow, typedRowBytes } from '../../../core/source.ts';
import { tableLabel } from '../../../core/table.ts';
import type { BulkTarget, TargetTable } from '../../../core/target.ts';
import type { ServerCapabilities } from '../capabilities.ts';
import type { MysqlConnection, WriteResult } from '../connection.ts';
import type { ConnectionPool } from '../connection-pool.ts';
import { quoteName, quoteTable } from '../identifier.ts';
import type { LocalBlock } from '../raw-query.ts';
import { keepWarnings } from '../warnings.ts';
import { columnForm, writableColumns } from './column-form.ts';
import { InsertText } from './insert-text.ts';
import { insertTyped } from './typed-rows.ts';
import { refuseInexactWrites } from './warnings.ts';

/** Writing of whole chunks: by LOAD DATA LOCAL, or by REPLACE of many rows where the server forbids it. One per task. */
export function bulkTarget(options: {
  pool: ConnectionPool;
  capabilities: () => Promise<ServerCapabilities>;
}): BulkTarget {
  return {
    async load(load) {
      const capabilities = await options.capabilities();
      const connection = await options.pool.take();
      const { table } = load;
      const count = { rows: 0, bytes: 0 };
      const blocks = counted(load.blocks, load.signal, count);
      const abort = () => connection.destroy(new AbortedError());
      load.signal.addEventListener('abort', abort, { once: true });
      try {
        await keepWarnings(connection);
        await connection.execute('START TRANSACTION');
        await writeStretches(blocks, {
          text: (text) =>
            capabilities.localInfile
              ? loadData(connection, table, text)
              : insertRows(connection, table, text, capabilities.maxAllowedPacket),
          typed: (rows) => insertTyped(connection, table, rows, capabilities.maxAllowedPacket),
        });
        await connection.execute('COMMIT');
      } catch (error) {
        // Closing rolls back. Nothing of the chunk stays, and nobody uses a session in an unknown state.
        connection.destroy(error);
        throw error;
      } finally {
        load.signal.removeEventListener('abort', abort);
      }
      options.pool.give(connection);
      return count;
    },
  };
}

async function* counted(
  blocks: AsyncIterable<RowBlock>,
  signal: AbortSignal,
  count: { rows: number; bytes: number },
): AsyncGenerator<RowBlock> {
  for await (const block of blocks) {
    if (signal.aborted) throw new AbortedError();
    count.rows += block.rows;
    count.bytes += blockBytes(block);
    yield block;
  }
}

/** Typed rows so large together wait for the end of the text before them. */
const WAITING_BYTES = 1024 * 1024;

/** Writes text as one statement takes it in, and between two such stretches the typed rows that came with the first. */
async function writeStretches(
  blocks: AsyncGenerator<RowBlock>,
  write: {
    text: (blocks: AsyncIterable<LocalBlock>) => Promise<void>;
    typed: (rows: readonly TypedRow[]) => Promise<void>;
  },
): Promise<void> {
  let next = await blocks.next();
  let waiting: TypedRow[] = [];
  async function* stretch() {
    for (let waitingBytes = 0; !next.done && waitingBytes < WAITING_BYTES; next = await blocks.next()) {
      const { bytes, typed = [], release } = next.value;
      waiting.push(...typed);
      waitingBytes += typed.reduce((sum, row) => sum + typedRowBytes(row), 0);
      if (bytes.length > 0) yield { bytes, release };
    }
  }
  try {
    while (!next.done) {
      await write.text(stretch());
      if (waiting.length > 0) await write.typed(waiting);
      waiting = [];
    }
  } finally {
    // Not awaited: the source may be silent while the target has failed.
    blocks.return(undefined).catch(() => {});
  }
}

async function loadData(
  connection: MysqlConnection,
  table: TargetTable,
  blocks: AsyncIterable<LocalBlock>,
): Promise<void> {
  let failure: unknown;
  const file = (async function* () {
    try {
      yield* blocks;
    } catch (error) {
      // The driver can only end the file early: the rows before the failure are then rolled back.
      failure = error;
      throw error;
    }
  })();
  const object = tableLabel(table.id);
  let result: WriteResult;
  try {
    result = await connection.loadLocal(loadStatement(table), file, { object });
  } catch (error) {
    throw failure ?? error;
  }
  if (failure !== undefined) throw failure;
  await refuseInexactWrites(connection, result, table);
}

/** The file has no name of its own; the server asks us for whatever is named. */
function loadStatement(table: TargetTable): string {
  const forms = writableColumns(table.source).map((column) => ({
    name: quoteName(column.name),
    ...columnForm(column),
  }));
  const fields = forms.map((form, i) => (form.write ? `@v${i}` : form.name));
  const settings = forms.flatMap((form, i) => (form.write ? [`${form.name} = ${form.write(`@v${i}`)}`] : []));
  const set = settings.length > 0 ? ` SET ${settings.join(', ')}` : '';
  return (
    `LOAD DATA LOCAL INFILE 'rows' REPLACE INTO TABLE ${quoteTable(table.id)} CHARACTER SET binary ` +
    `FIELDS TERMINATED BY '\\t' ESCAPED BY '\\\\' LINES TERMINATED BY '\\n' (${fields.join(', ')})${set}`
  );
}

async function insertRows(
  connection: MysqlConnection,
  table: TargetTable,
  blocks: AsyncIterable<LocalBlock>,
  maxAllowedPacket: number,
): Promise<void> {
  const columns = writableColumns(table.source);
  const object = tableLabel(table.id);
  const names = columns.map((column) => quoteName(column.name)).join(', ');
  const text = new InsertText({
    head: `REPLACE INTO ${quoteTable(table.id)} (${names}) VALUES `,
    forms: columns.map(columnForm),
    targetBytes: Math.min(1024 * 1024, maxAllowedPacket / 2),
  });
  const run = async (statement: Buffer) => {
    const [result] = await connection.execute(statement, { object });
    await refuseInexactWrites(connection, result!, table);
  };
  for await (const { bytes, release } of blocks) {
    for (const statement of text.add(bytes)) await run(statement);
    release?.();
  }
  const last = text.end();
  if (last) await run(last);
}
