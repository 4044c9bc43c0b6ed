import { inspect } from 'node:util';
import { openStage } from '../product/stage.ts';
import { Random } from '../workload/random.ts';
import { type ChaosReport, nothingPlayed, type RoundOutcome, reportOf } from './chaos-report.ts';
import { ChaosRound } from './chaos-round.ts';
import { FaultyEnds } from './faults.ts';
import { type ChaosSource, durable, sources } from './sources.ts';

export interface ChaosOptions {
  /** How often the service is killed at least, over all rounds; each round is played to its end. */
  readonly kills: number;
  readonly seed: number;
  /** Kills that one task is given from its start to its cutover, before the next task begins. Default 12. */
  readonly killsPerRound?: number;
  /** Rounds side by side, each with servers and a service of its own. Default 1. */
  readonly lanes?: number;
  /** Each round has the next of them. */
  readonly sources?: readonly ChaosSource[];
  readonly tell?: (line: string) => void;
  /** Is given what came of the run so far, after each round. */
  readonly onRound?: (report: ChaosReport) => void;
}

/** What one round is to do. Its source and its random choices are decided by its number and the seed of the run. */
interface RoundPlan {
  readonly number: number;
  readonly source: ChaosSource;
  readonly random: Random;
  readonly kills: number;
}

/**
 * Kills the service at random instants in every phase of task after task, under a mixed load with schema changes, while lines fail and
 * servers die; asks after each kill whether the target is at a state that the source had, and after each round whether both ends are equal.
 * The first failure ends the run, once the rounds beside it are over.
 * What goes wrong beside the rounds is a failure in the report too. Throws RangeError for counts with which nothing would be killed.
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { kills, seed, killsPerRound = 12, lanes = 1, sources: from = sources } = options;
  const { tell = () => undefined, onRound = () => undefined } = options;
  for (const [name, count] of Object.entries({ kills, killsPerRound, lanes })) {
    if (!Number.isInteger(count) || count < 1)
      throw new RangeError(`${name} must be 1 or more, not ${count}`);
  }
  const random = new Random(seed);
  const rounds: RoundOutcome[] = [];
  let report = reportOf(seed, rounds);
  let begun = 0;
  let killsToCome = 0; // at least, of the rounds that are being played
  const nextPlan = (): RoundPlan | undefined => {
    const missing = kills - report.kills - killsToCome;
    if (missing <= 0 || report.failures.length > 0) return undefined;
    const source = from[begun % from.length]!;
    begun += 1;
    return { number: begun, source, random: random.fork(), kills: Math.min(killsPerRound, missing) };
  };
  const playLane = async () => {
    for (let plan = nextPlan(); plan; plan = nextPlan()) {
      killsToCome += plan.kills;
      const outcome = await playRound(plan, tell);
      killsToCome -= plan.kills;
      rounds.push(outcome);
      report = reportOf(seed, rounds);
      tell(
        `round ${plan.number} from ${plan.source.name}: ${outcome.phases.length} kills (${outcome.phases.join(', ')}), faults: ${outcome.faults.join(', ') || 'none'}, ${outcome.counts.transactions} transactions`,
      );
      onRound(report);
    }
  };
  await Promise.all(Array.from({ length: lanes }, playLane));
  return report;
}

/** Plays it on a stage of its own. What fails beside the round, as a server that does not start or end, is a failure of the round. */
async function playRound(
  { number, source, random, kills }: RoundPlan,
  tell: (line: string) => void,
): Promise<RoundOutcome> {
  const database = `mixed_${number}`;
  let played: RoundOutcome | undefined;
  try {
    await using stage = await openStage({
      source: source.flavour,
      sourceServer: { args: source.args },
      targetServer: { args: durable },
    });
    await using ends = await FaultyEnds.open(stage);
    played = await new ChaosRound({ stage, ends, source, random, database, tell }).play(kills);
  } catch (error) {
    const { failures, ...rest } = played ?? nothingPlayed(source.name);
    played = { ...rest, failures: [...failures, `${database}: the stage failed: ${inspect(error)}`] };
  }
  return played;
}
