import { compareEnds } from '../compare/compare.ts';
import type { MysqlServer } from '../servers/mysql.ts';

/** What one round measured, by name: `ours`, the peers, `rss` (MB, peak of our process), `cpu` (seconds of our process) … */
export type Readings = Readonly<Record<string, number>>;

/** One promise of the benchmark: a reading of ours against a peer's of the same round, or against a fixed bound; without either it is told alone. */
export interface Goal {
  readonly what: string;
  readonly unit: 's' | 'ms' | 'MB' | '%' | 'rows/s' | 'events';
  /** Name of our reading; default `ours`. */
  readonly ours?: string;
  /** `ratio` is how many times better than the peer we are to be at least: 2 is half the time, or twice the rate. Absent: no goal, told alone. */
  readonly peer?: { readonly name: string; readonly reading: string; readonly ratio?: number };
  /** Of readings without a peer. Absent: no goal, told alone. */
  readonly atMost?: number;
}

export interface OpenCase extends AsyncDisposable {
  /** Of the servers and programs that are measured, by name. */
  readonly versions?: Readonly<Record<string, string>>;
  /** Ours and every peer in turn, on the same servers and rows. Rejects when both ends differ: then there is no figure. */
  round(): Promise<Readings>;
  /** In place of the round that warms up, where less does: what it reads counts for nothing. */
  warmUp?(): Promise<Readings>;
}

export interface BenchCase {
  readonly name: string;
  readonly goals: readonly Goal[];
  /** Sets up servers and rows once. `rows` replaces the size that the case is defined with. */
  open(rows: number | undefined): Promise<OpenCase>;
}

/** Opens a case. What `build` hands to the stack ends with the case, or at once when `build` fails: the next case measures alone. */
export async function opened(
  build: (stack: AsyncDisposableStack) => Promise<Omit<OpenCase, typeof Symbol.asyncDispose>>,
): Promise<OpenCase> {
  await using stack = new AsyncDisposableStack();
  const open = await build(stack);
  const held = stack.move();
  return { ...open, [Symbol.asyncDispose]: () => held.disposeAsync() };
}

/** Our process may hold so much in every case. */
export const memoryGoal: Goal = { what: 'peak memory', unit: 'MB', ours: 'rss', atMost: 300 };

/** A figure counts only when both ends are equal. */
export async function requireEqual(
  source: MysqlServer,
  target: MysqlServer,
  ...databases: readonly string[]
): Promise<void> {
  const comparison = await compareEnds({ source, target, databases: databases.map((name) => ({ name })) });
  if (!comparison.equal) throw new Error(`both ends differ: no figure\n${comparison.report}`);
}
