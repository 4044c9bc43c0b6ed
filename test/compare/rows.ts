import { type ComparedColumn, exactText, readableText } from './exact-text.ts';
import { type CompareSession, identifier, literal, type TextRow } from './session.ts';

export interface TableName {
  readonly database: string;
  readonly name: string;
}

/** A row that one end has and the other has not, or has otherwise. */
export interface RowDifference {
  readonly kind: 'missing' | 'extra' | 'changed';
  /** Primary key as `id=7`; of a table without one, the whole row. */
  readonly row: string;
  /** `changed` only: `name: 'source' → 'target'` for each column that differs. */
  readonly columns: readonly string[];
  /** How many times; more than 1 only in tables without a key. */
  readonly times: number;
}

export interface RowComparison {
  readonly sourceRows: number;
  readonly targetRows: number;
  /** At most `maxDifferences`; empty exactly when both ends hold the same rows. */
  readonly differences: readonly RowDifference[];
  readonly truncated: boolean;
}

interface TableEnd {
  readonly session: CompareSession;
  readonly table: TableName;
  readonly columns: readonly ComparedColumn[];
}

export interface RowComparisonRequest {
  readonly source: TableEnd;
  readonly target: TableEnd;
  /** Column names that identify a row; empty for none. */
  readonly key: readonly string[];
  readonly maxDifferences: number;
}

/** Rows fall into this many buckets by their digest: few enough to group by, many enough that one holds few rows. */
const bucketDigits = 3;
/** Of these so many are read when both ends differ: of a million rows a tenth. */
const mostBuckets = 400;

/**
 * Compares two tables as multisets of rows. Each server adds up the digests of its rows; where the sums differ, again per bucket, and rows
 * are read only from buckets that differ. Neither order nor key matters, so every table can be compared, and a doubled row counts twice.
 */
export async function compareRows(request: RowComparisonRequest): Promise<RowComparison> {
  const { source, target, maxDifferences } = request;
  const [sourceSum, targetSum] = await Promise.all([sumsBy(source, ''), sumsBy(target, '')]);
  const totals = { sourceRows: sourceSum.rows, targetRows: targetSum.rows };
  if (sourceSum.sums.get('') === targetSum.sums.get(''))
    return { ...totals, differences: [], truncated: false };

  const [atSource, atTarget] = await Promise.all([
    sumsBy(source, bucketOf('digest')),
    sumsBy(target, bucketOf('digest')),
  ]);
  const suspects = [...new Set([...atSource.sums.keys(), ...atTarget.sums.keys()])]
    .filter((bucket) => atSource.sums.get(bucket) !== atTarget.sums.get(bucket))
    .sort();

  // A changed row sits in two buckets, one per end: enough suspects are looked at before rows are paired by key.
  const examined = suspects.slice(0, Math.max(mostBuckets, maxDifferences * 2));
  const surplus = new Map<string, number>();
  for (const [end, sign] of [
    [source, 1],
    [target, -1],
  ] as const) {
    await end.session.each(rowsOf(end, examined), (row) => {
      const text = JSON.stringify(row);
      const count = (surplus.get(text) ?? 0) + sign;
      if (count === 0) surplus.delete(text);
      else surplus.set(text, count);
    });
  }
  const differences = pairByKey(request, surplus);
  const truncated = examined.length < suspects.length || differences.length > maxDifferences;
  return { ...totals, differences: differences.slice(0, maxDifferences), truncated };
}

interface DigestSums {
  readonly rows: number;
  /** Bucket → number of rows and sum of their digests. */
  readonly sums: ReadonlyMap<string, string>;
}

/** No sum of 64-bit digests gets near: a row whose text is longer than max_allowed_packet has no digest and counts as this. */
const noDigest = '9'.repeat(40);

async function sumsBy(end: TableEnd, bucket: string): Promise<DigestSums> {
  const number = `CAST(CONV(SUBSTRING(digest, ${bucketDigits + 1}, 16), 16, 10) AS UNSIGNED)`;
  // Digests first, each in its own row: MySQL refuses JSON_TABLE of a column in a query that groups.
  const result = await end.session.rows(
    `SELECT /*+ NO_MERGE(digests) */ ${bucket || "''"} AS bucket, COUNT(*), SUM(IFNULL(${number}, ${noDigest}))
      FROM (SELECT ${digestOf(end.columns)} AS digest FROM ${nameOf(end.table)}) AS digests
      ${bucket ? 'GROUP BY bucket' : ''}`,
  );
  let rows = 0;
  const sums = new Map<string, string>();
  for (const [name, count, sum] of result) {
    if (sum && sum.length >= noDigest.length) {
      throw new Error(`a row of ${nameOf(end.table)} is too long to be compared: raise max_allowed_packet`);
    }
    rows += Number(count);
    sums.set(name ?? '', `${count} ${sum}`);
  }
  return { rows, sums };
}

const bucketOf = (digest: string): string => `LEFT(${digest}, ${bucketDigits})`;

const rowsOf = (end: TableEnd, buckets: readonly string[]): string =>
  `SELECT ${end.columns.map(exactText).join(', ')} FROM ${nameOf(end.table)}
    WHERE ${bucketOf(digestOf(end.columns))} IN (${buckets.map(literal).join(', ')})`;

const digestOf = (columns: readonly ComparedColumn[]): string =>
  `SHA2(CONCAT_WS('|', ${columns.map(exactText).join(', ')}), 256)`;

const nameOf = (table: TableName): string => `${identifier(table.database)}.${identifier(table.name)}`;

function pairByKey(request: RowComparisonRequest, surplus: ReadonlyMap<string, number>): RowDifference[] {
  const names = request.source.columns.map((column) => column.name);
  const keyIndexes = request.key.map((name) => names.indexOf(name));
  const describe = (row: TextRow, indexes: readonly number[]) =>
    indexes.map((index) => `${names[index]}=${row[index]}`).join(', ');
  const everyIndex = names.map((_, index) => index);

  const byKey = new Map<string, { row: TextRow; count: number }[]>();
  for (const [text, count] of surplus) {
    const row = JSON.parse(text) as TextRow;
    const key = describe(row, keyIndexes.length > 0 ? keyIndexes : everyIndex);
    byKey.set(key, [...(byKey.get(key) ?? []), { row, count }]);
  }
  return [...byKey].flatMap(([key, entries]): RowDifference[] => {
    const atSource = entries.find((entry) => entry.count > 0);
    const atTarget = entries.find((entry) => entry.count < 0);
    if (entries.length === 2 && atSource && atTarget) {
      const columns = everyIndex
        .filter((index) => atSource.row[index] !== atTarget.row[index])
        .map((index) => `${names[index]}: ${shorten(atSource.row[index])} → ${shorten(atTarget.row[index])}`);
      return [{ kind: 'changed', row: shorten(key), columns, times: 1 }];
    }
    return entries.map(({ count }) => ({
      kind: count > 0 ? 'missing' : 'extra',
      row: shorten(key),
      columns: [],
      times: Math.abs(count),
    }));
  });
}

function shorten(text: string | null | undefined): string {
  const readable = readableText(text);
  return readable.length > 200 ? `${readable.slice(0, 200)}…` : readable;
}
