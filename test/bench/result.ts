import type { BenchCase, Goal, Readings } from './bench-case.ts';

/** One row of the table: a goal, and what was measured for it. */
export interface Result {
  readonly case: string;
  readonly what: string;
  readonly unit: string;
  /** Absent when the case came to no figure. */
  readonly ours?: number;
  readonly peer?: { readonly name: string; readonly value?: number };
  /** How many times better than the peer; the median of the rounds' ratios. */
  readonly ratio?: number;
  /** Absent where it is there to know of it alone. */
  readonly goal?: string;
  readonly met?: boolean;
  /** Most memory that our process held, MB. Absent where the case does not run one. */
  readonly rss?: number;
  /** Seconds of processor time of our process. */
  readonly cpu?: number;
}

/** Medians over the rounds, held against the goals of the case. */
export function resultsOf(bench: BenchCase, rounds: readonly Readings[]): Result[] {
  const cost = {
    ...(rounds.every(({ rss }) => rss !== undefined) && { rss: medianOf(rounds, 'rss') }),
    ...(rounds.every(({ cpu }) => cpu !== undefined) && { cpu: medianOf(rounds, 'cpu') }),
  };
  return bench.goals.map((goal) => {
    const name = goal.ours ?? 'ours';
    const ours = medianOf(rounds, name);
    const common = { ...titleOf(bench, goal), ours, ...cost };
    const { peer } = goal;
    if (peer === undefined) {
      return goal.atMost === undefined ? common : { ...common, met: ours <= goal.atMost };
    }
    const ratio = median(
      rounds.map((round) => better(goal, reading(round, name), reading(round, peer.reading))),
    );
    return {
      ...common,
      peer: { name: peer.name, value: medianOf(rounds, peer.reading) },
      ratio,
      ...(peer.ratio !== undefined && { met: ratio >= peer.ratio }),
    };
  });
}

/** The goals of a case that came to no figure: none of them is met. */
export const noFigures = (bench: BenchCase): Result[] =>
  bench.goals.map((goal) => {
    const title = titleOf(bench, goal);
    return title.goal === undefined ? title : { ...title, met: false };
  });

function titleOf(bench: BenchCase, { what, unit, peer, atMost }: Goal): Result {
  const title = { case: bench.name, what, unit };
  if (peer === undefined) return atMost === undefined ? title : { ...title, goal: `≤ ${atMost} ${unit}` };
  return {
    ...title,
    peer: { name: peer.name },
    ...(peer.ratio !== undefined && { goal: `≥ ${peer.ratio} ×` }),
  };
}

const medianOf = (rounds: readonly Readings[], name: string): number =>
  median(rounds.map((round) => reading(round, name)));

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
    figure(each.ours, each.unit) || 'no figure',
    each.peer === undefined ? '' : `${each.peer.name}: ${figure(each.peer.value, each.unit) || 'no figure'}`,
    each.ratio === undefined ? '' : `${each.ratio.toFixed(2)} ×`,
    each.goal ?? '',
    each.met === undefined ? '' : each.met ? 'yes' : 'NO',
    figure(each.rss, 'MB'),
    figure(each.cpu, 's'),
  ]);
  const head = ['case', 'what', 'ours', 'peer', 'ratio', 'goal', 'met', 'our peak RSS', 'our CPU'];
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

const figure = (value: number | undefined, unit: string): string =>
  value === undefined ? '' : `${digits(value)} ${unit}`;

const digits = (value: number): string => {
  if (value >= 1000) return Math.round(value).toLocaleString('en-US');
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
};
