import { openStage } from '../product/stage.ts';
import { Random } from '../workload/random.ts';
import { type ChaosReport, type RoundOutcome, reportOf } from './chaos-report.ts';
import { ChaosRound } from './chaos-round.ts';
import { FaultyEnds } from './faults.ts';
import { durable, sources } from './sources.ts';

export interface ChaosOptions {
  /** How often the service is killed at least, over all rounds; each round is played to its end. */
  readonly kills: number;
  readonly seed: number;
  /** Kills that one task is given from its start to its cutover, before the next task begins. Default 12. */
  readonly killsPerRound?: number;
  readonly tell?: (line: string) => void;
}

/**
 * Kills the service at random instants in every phase of task after task, under a mixed load with schema changes, while lines fail and
 * servers die; asks after each kill whether the target is at a state that the source had, and after each round whether both ends are equal.
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { kills, seed, killsPerRound = 12, tell = () => undefined } = options;
  const random = new Random(seed);
  const rounds: RoundOutcome[] = [];
  let report = reportOf(seed, rounds);
  while (report.kills < kills && report.failures.length === 0) {
    const source = sources[rounds.length % sources.length]!;
    const database = `mixed_${rounds.length + 1}`;
    await using stage = await openStage({
      source: source.flavour,
      sourceServer: { args: source.args },
      targetServer: { args: durable },
    });
    await using ends = await FaultyEnds.open(stage);
    const round = new ChaosRound({ stage, ends, source, random: random.fork(), database, tell });
    const outcome = await round.play(Math.min(killsPerRound, kills - report.kills));
    rounds.push(outcome);
    report = reportOf(seed, rounds);
    tell(
      `round ${rounds.length} from ${source.name}: ${outcome.phases.length} kills (${outcome.phases.join(', ')}), faults: ${outcome.faults.join(', ') || 'none'}, ${outcome.counts.transactions} transactions`,
    );
  }
  return report;
}
