import { compareEnds } from '../compare/compare.ts';
import type { MysqlServer } from '../servers/mysql.ts';

/** One run of both sides on the same servers, in turn. Seconds. */
export interface Round {
  readonly ours: number;
  readonly peer: number;
}

export interface BenchCase {
  readonly name: string;
  readonly peer: string;
  /** Sets up servers and data once, then gives a round as often as it is called. */
  open(rows: number | undefined): Promise<AsyncDisposable & { round(): Promise<Round> }>;
}

/** A figure counts only when both ends are equal. */
export async function requireEqual(
  source: MysqlServer,
  target: MysqlServer,
  database: string,
): Promise<void> {
  const comparison = await compareEnds({ source, target, databases: [{ name: database }] });
  if (!comparison.equal) throw new Error(`both ends differ: no figure\n${comparison.report}`);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
