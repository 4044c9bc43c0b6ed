import type { BenchCase, Readings } from './bench-case.ts';
import { noFigures, type Result, resultsOf } from './result.ts';

/** What a run has come to so far. */
export interface BenchReport {
  /** Versions of the servers and programs of the cases, by name. */
  readonly versions: Readonly<Record<string, string>>;
  readonly results: readonly Result[];
  /** All that was read, of failed cases too. */
  readonly measured: readonly { readonly case: string; readonly rounds: readonly Readings[] }[];
  /** Why a case came to no figure. */
  readonly failures: readonly { readonly case: string; readonly message: string }[];
}

export interface BenchRun {
  readonly rows?: number | undefined;
  /** Rounds that count, after what warms up. Default 3. With 1 nothing warms up: a trial. */
  readonly rounds?: number | undefined;
  readonly tell: (line: string) => void;
  /** After each case, with all that there is by then. */
  readonly save: (report: BenchReport) => Promise<void>;
}

/** One case after the other. One that fails comes to no figure; those before it and after it are told all the same. */
export async function runCases(cases: readonly BenchCase[], run: BenchRun): Promise<BenchReport> {
  let report: BenchReport = { versions: {}, results: [], measured: [], failures: [] };
  for (const each of cases) {
    const rounds: Readings[] = [];
    let versions: BenchReport['versions'] = {};
    let failure: { case: string; message: string } | undefined;
    try {
      run.tell(`${each.name}: servers and rows`);
      await using open = await each.open(run.rows);
      versions = open.versions ?? {};
      const count = run.rounds ?? 3;
      for (let i = count === 1 ? 1 : 0; i <= count; i += 1) {
        const round = await (i === 0 && open.warmUp ? open.warmUp() : open.round());
        if (i > 0) rounds.push(round);
        const told = Object.entries(round).map(([name, value]) => `${name} ${value.toFixed(2)}`);
        run.tell(`${each.name}: ${i === 0 ? 'warm-up' : `round ${i}`}: ${told.join(', ')}`);
      }
    } catch (error) {
      failure = { case: each.name, message: error instanceof Error ? error.message : String(error) };
      run.tell(`${each.name}: no figure: ${error instanceof Error ? error.stack : failure.message}`);
    }
    report = {
      versions: { ...report.versions, ...versions },
      results: [...report.results, ...(failure === undefined ? resultsOf(each, rounds) : noFigures(each))],
      measured: [...report.measured, { case: each.name, rounds }],
      failures: failure === undefined ? report.failures : [...report.failures, failure],
    };
    await run.save(report);
  }
  return report;
}
