import type { Chunk } from '../../../core/source.ts';
import { identityOf, type Table, tableLabel } from '../../../core/table.ts';
import type { MysqlConnection } from '../connection.ts';
import { quoteTable } from '../identifier.ts';
import { type ChunkKey, chunkKey, rangeCondition } from './key-range.ts';

/** Rows of a chunk while nothing is known of their size. */
const FIRST_ROWS = 1000;
const MOST_ROWS = 1_000_000;
/** Share of integer keys in use from which ranges are cut by arithmetic: below, a chunk would hold too few rows. */
const DENSE = 0.3;

/**
 * Cuts a table with an identity into chunks. A dense integer key is cut by arithmetic: as a range of n keys holds at most n rows,
 * no chunk outgrows its budget. Other keys are walked by the index: the key of every n-th row ends a chunk, in the server's own order.
 * Chunks join by their bounds alone, so rows that come and go meanwhile make no gap and no overlap.
 */
export async function* planChunks(options: {
  withConnection: <T>(work: (connection: MysqlConnection) => Promise<T>) => Promise<T>;
  table: Table;
  chunkBytes: number;
  resumeAfter?: Chunk | undefined;
  estimate: { rows: number; bytes: number };
  averageRowBytes: () => number | undefined;
}): AsyncGenerator<Chunk> {
  const { table, resumeAfter, estimate } = options;
  const identity = identityOf(table);
  if (!identity) throw new Error(`${tableLabel(table.id)} has no identity to cut it by`);
  if (resumeAfter && !resumeAfter.through) return;
  const key = chunkKey(table, identity);
  const rowsPerChunk = () => {
    const estimated = estimate.rows > FIRST_ROWS ? estimate.bytes / estimate.rows : undefined;
    const average = options.averageRowBytes() ?? estimated;
    if (average === undefined) return FIRST_ROWS;
    return Math.max(1, Math.min(MOST_ROWS, Math.round(options.chunkBytes / Math.max(16, average))));
  };
  let index = resumeAfter ? resumeAfter.index + 1 : 0;
  let after = resumeAfter?.through;
  const span = key.integer ? await integerSpan(options.withConnection, table, key, after) : undefined;
  const step = span && denseStep(span, estimate.rows, rowsPerChunk);

  for (;;) {
    const through = step
      ? step(after)
      : await options.withConnection((connection) =>
          seek(connection, { table, key, after, rows: rowsPerChunk() }),
        );
    yield { index, ...(after ? { after } : {}), ...(through ? { through } : {}) };
    if (!through) return;
    index += 1;
    after = through;
  }
}

interface Span {
  readonly low: bigint;
  readonly high: bigint;
}

async function integerSpan(
  withConnection: <T>(work: (connection: MysqlConnection) => Promise<T>) => Promise<T>,
  table: Table,
  key: ChunkKey,
  after: readonly string[] | undefined,
): Promise<Span | undefined> {
  const name = key.columns[0]!.name;
  const where = after ? ` WHERE ${rangeCondition(key, { after })}` : '';
  const sql = `SELECT MIN(${name}), MAX(${name}) FROM ${quoteTable(table.id)} ${key.hint}${where}`;
  const [row] = await withConnection((connection) => connection.rows(sql, { object: tableLabel(table.id) }));
  const [low, high] = row ?? [];
  return low && high ? { low: BigInt(low.toString()), high: BigInt(high.toString()) } : undefined;
}

/** Gives the end of the chunk that starts after a key, without asking the server; undefined when the key is too sparse for it. */
function denseStep(
  span: Span,
  estimatedRows: number,
  rowsPerChunk: () => number,
): ((after: readonly string[] | undefined) => readonly string[] | undefined) | undefined {
  const keys = span.high - span.low + 1n;
  // The estimate counts the whole table while the span may be its rest: the share is then only larger than it is.
  const share = estimatedRows / Number(keys);
  if (share < DENSE) return undefined;
  return (after) => {
    const from = after ? BigInt(after[0]!) : span.low - 1n;
    const end = from + BigInt(Math.max(1, Math.round(rowsPerChunk() / Math.min(1, share))));
    return end >= span.high ? undefined : [end.toString()];
  };
}

async function seek(
  connection: MysqlConnection,
  options: { table: Table; key: ChunkKey; after: readonly string[] | undefined; rows: number },
): Promise<readonly string[] | undefined> {
  const { table, key, after } = options;
  const where = after ? ` WHERE ${rangeCondition(key, { after })}` : '';
  const order = key.columns.map((column) => column.name).join(', ');
  const [row] = await connection.rows(
    `SELECT ${key.columns.map((column) => column.read).join(', ')} FROM ${quoteTable(table.id)} ${key.hint}${where} ORDER BY ${order} LIMIT ${options.rows - 1}, 1`,
    { object: tableLabel(table.id) },
  );
  return row?.map((value, i) => key.columns[i]!.literal(value!.toString('latin1')));
}
