import fs from 'node:fs';
import type { WorkloadCounts } from '../workload/workload.ts';

/** What came of one task. */
export interface RoundOutcome {
  readonly source: string;
  /** The phase of each kill, as the service told it right before. */
  readonly phases: readonly string[];
  /** The kind of each fault. */
  readonly faults: readonly string[];
  readonly counts: WorkloadCounts;
  readonly rowsCompared: number;
  /** Reads of the target, while the service was dead and when it went on, each of a state that had to be one of the source's. */
  readonly consistentReads: number;
  /** Where the product failed; empty when all went well. */
  readonly failures: readonly string[];
}

/** Of a round that never began. */
export const nothingPlayed = (source: string): RoundOutcome => ({
  source,
  phases: [],
  faults: [],
  counts: { transactions: 0, rolledBack: 0, rows: 0, schemaChanges: 0, refused: {} },
  rowsCompared: 0,
  consistentReads: 0,
  failures: [],
});

export interface ChaosReport {
  readonly seed: number;
  readonly rounds: readonly RoundOutcome[];
  readonly kills: number;
  readonly killsByPhase: Readonly<Record<string, number>>;
  readonly faultsByKind: Readonly<Record<string, number>>;
  readonly rowsCompared: number;
  readonly consistentReads: number;
  readonly failures: readonly string[];
}

export function reportOf(seed: number, rounds: readonly RoundOutcome[]): ChaosReport {
  return {
    seed,
    rounds,
    kills: sum(rounds, ({ phases }) => phases.length),
    killsByPhase: countOf(rounds.flatMap(({ phases }) => phases)),
    faultsByKind: countOf(rounds.flatMap(({ faults }) => faults)),
    rowsCompared: sum(rounds, ({ rowsCompared }) => rowsCompared),
    consistentReads: sum(rounds, ({ consistentReads }) => consistentReads),
    failures: rounds.flatMap(({ failures }) => failures),
  };
}

const heading = '## The last whole run';

/** The report as a section of a page, of a run that is over or of one that still goes on. */
export function sectionOf(report: ChaosReport, seconds: number, { over }: { over: boolean }): string {
  const { rounds, failures } = report;
  const bySource = [...Map.groupBy(rounds, ({ source }) => source)];
  const sources: Row[] = [...bySource, ['together', rounds] as const].map(([name, of]) => [
    name,
    of.length,
    sum(of, ({ phases }) => phases.length),
    sum(of, ({ counts }) => counts.transactions),
    sum(of, ({ counts }) => counts.rows),
    sum(of, ({ counts }) => counts.schemaChanges),
    sum(of, ({ rowsCompared }) => rowsCompared),
    sum(of, ({ failures }) => failures.length),
  ]);
  return `${heading}
${over ? '' : '\nThis run was not over when this was written.\n'}
${number(report.kills)} kills in ${number(rounds.length)} tasks, seed ${report.seed}, ${(seconds / 60).toFixed(0)} minutes. Consistent reads of the target in the
middle of it: ${number(report.consistentReads)}. Failures: ${failures.length === 0 ? 'none' : number(failures.length)}.

${table(['source', 'tasks', 'kills', 'transactions', 'rows written', 'schema changes', 'rows compared', 'differences and failures'], sources)}
${table(['phase at the kill', 'kills'], Object.entries(report.killsByPhase))}
${table(['fault beside the kill', 'times'], Object.entries(report.faultsByKind))}`;
}

/** Puts the section in the place of the one that a page has, or at its end. */
export function writeSection(page: string, section: string): void {
  const text = fs.existsSync(page) ? fs.readFileSync(page, 'utf8') : '';
  const at = text.indexOf(heading);
  fs.writeFileSync(page, `${at < 0 ? text : text.slice(0, at)}${section}`);
}

type Row = readonly (string | number)[];

function table(head: readonly string[], rows: readonly Row[]): string {
  const line = (cells: Row) =>
    `| ${cells.map((cell) => (typeof cell === 'number' ? number(cell) : cell)).join(' | ')} |\n`;
  const align = head.map((_, column) => (column === 0 ? '---' : '---:'));
  return [head, align, ...rows].map(line).join('');
}

const number = (value: number): string => value.toLocaleString('en-US');

const sum = (rounds: readonly RoundOutcome[], of: (round: RoundOutcome) => number): number =>
  rounds.reduce((total, round) => total + of(round), 0);

function countOf(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names.toSorted()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
