import type { BenchCase, Goal, Readings } from './bench-case.ts';

/** One row of the table: a goal, and what was measured for it. */
export interface Result {
  readonly case: string;
  readonly what: string;
  readonly unit: string;
  readonly ours: number;
  readonly peer?: { readonly name: string; readonly value: number };
  /** How many times better than the peer; the median of the rounds' ratios. */
  readonly ratio?: number;
  readonly goal: string;
  readonly met: boolean;
}

/** Medians over the rounds, held against the goals of the case. */
export function resultsOf(bench: BenchCase, rounds: readonly Readings[]): Result[] {
  return bench.goals.map((goal) => {
    const name = goal.ours ?? 'ours';
    const ours = median(rounds.map((round) => reading(round, name)));
    const common = { case: bench.name, what: goal.what, unit: goal.unit, ours };
    if (goal.peer === undefined) {
      const bound = goal.atMost ?? Number.POSITIVE_INFINITY;
      return { ...common, goal: `≤ ${bound} ${goal.unit}`, met: ours <= bound };
    }
    const { peer } = goal;
    const ratio = median(
      rounds.map((round) => better(goal, reading(round, name), reading(round, peer.reading))),
    );
    return {
      ...common,
      peer: { name: peer.name, value: median(rounds.map((round) => reading(round, peer.reading))) },
      ratio,
      goal: `≥ ${peer.ratio} ×`,
      met: ratio >= peer.ratio,
    };
  });
}

const better = ({ unit }: Goal, ours: number, peer: number): number =>
  unit === 'rows/s' || unit === 'events' ? ours / peer : peer / ours;

function reading(round: Readings, name: string): number {
  const value = round[name];
  if (value === undefined) throw new Error(`the round has no reading ${name}`);
  return value;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The value below which so large a share of the values lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}

/** A Markdown table. */
export function tableOf(results: readonly Result[]): string {
  const rows = results.map((each) => [
    each.case,
    each.what,
    `${digits(each.ours)} ${each.unit}`,
    each.peer === undefined ? '' : `${each.peer.name}: ${digits(each.peer.value)} ${each.unit}`,
    each.ratio === undefined ? '' : `${each.ratio.toFixed(2)} ×`,
    each.goal,
    each.met ? 'yes' : 'NO',
  ]);
  const head = ['case', 'what', 'ours', 'peer', 'ratio', 'goal', 'met'];
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

const digits = (value: number): string => {
  if (value >= 1000) return Math.round(value).toLocaleString('en-US');
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
};
