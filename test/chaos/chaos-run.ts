import { setTimeout as delay } from 'node:timers/promises';
import { type Comparison, compareEnds } from '../compare/compare.ts';
import { openStage, type Stage } from '../product/stage.ts';
import type { TaskHandle, TaskView } from '../product/task.ts';
import { syncedCommits } from '../servers/installation.ts';
import type { Flavour } from '../servers/mysql.ts';
import { brokenRules } from '../workload/invariants.ts';
import { Random } from '../workload/random.ts';
import {
  createWorkloadDatabase,
  startWorkload,
  type Workload,
  type WorkloadCounts,
} from '../workload/workload.ts';
import { FaultyEnds } from './faults.ts';
import { growInitialRows } from './initial-rows.ts';

export interface ChaosOptions {
  /** How often the service is killed, over all rounds. */
  readonly kills: number;
  readonly seed: number;
  /** Kills of one task, from its start to its cutover, before the next task begins. Default 12. */
  readonly killsPerRound?: number;
  readonly tell?: (line: string) => void;
}

export interface ChaosReport {
  readonly seed: number;
  readonly kills: number;
  /** Phase in which the task was last seen before a kill → number of kills. */
  readonly killsByPhase: Readonly<Record<string, number>>;
  /** What else went wrong around the service → how often. */
  readonly faultsByKind: Readonly<Record<string, number>>;
  readonly rounds: number;
  /** Source server → number of tasks. */
  readonly roundsBySource: Readonly<Record<string, number>>;
  readonly transactions: number;
  readonly rowsWritten: number;
  readonly schemaChanges: number;
  readonly rowsCompared: number;
  /** Reads of the target, while the service was dead and when it went on, each of a state that had to be one of the source's. */
  readonly consistentReads: number;
  /** Where the product failed; empty when all went well. */
  readonly failures: readonly string[];
}

/** Each task has the next of them as its source, and the newest MySQL as its target. */
const sources: readonly Flavour[] = ['mysql-9.7', 'mysql-5.6', 'mariadb-10.11'];

/** What a server has acknowledged is there after its death. */
const durable = { args: syncedCommits };

/**
 * Kills the service at random instants in every phase of task after task, under a mixed load with schema changes, while lines fail and
 * servers die; asks after each kill whether the target is at a state that the source had, and after each round whether both ends are equal.
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { kills, seed, killsPerRound = 12, tell = () => undefined } = options;
  const random = new Random(seed);
  const total = {
    kills: 0,
    rounds: 0,
    transactions: 0,
    rowsWritten: 0,
    schemaChanges: 0,
    rowsCompared: 0,
    consistentReads: 0,
  };
  const killsByPhase: Record<string, number> = {};
  const faultsByKind: Record<string, number> = {};
  const roundsBySource: Record<string, number> = {};
  const failures: string[] = [];
  while (total.kills < kills && failures.length === 0) {
    const source = sources[total.rounds % sources.length]!;
    await using stage = await openStage({ source, sourceServer: durable, targetServer: durable });
    await using ends = await FaultyEnds.open(stage);
    const round = new ChaosRound({
      ...{ stage, ends, tell },
      random: random.fork(),
      database: `mixed_${total.rounds + 1}`,
    });
    const outcome = await round.play(Math.min(killsPerRound, kills - total.kills));
    total.rounds++;
    total.kills += outcome.phases.length;
    countInto(roundsBySource, [source]);
    countInto(killsByPhase, outcome.phases);
    countInto(faultsByKind, outcome.faults);
    total.transactions += outcome.counts.transactions;
    total.rowsWritten += outcome.counts.rows;
    total.schemaChanges += outcome.counts.schemaChanges;
    total.rowsCompared += outcome.comparison?.rowsCompared ?? 0;
    total.consistentReads += outcome.consistentReads;
    failures.push(...outcome.failures);
    tell(
      `round ${total.rounds} from ${source}: ${outcome.phases.length} kills (${outcome.phases.join(', ')}), faults: ${outcome.faults.join(', ') || 'none'}, ${outcome.counts.transactions} transactions`,
    );
  }
  return { seed, ...total, roundsBySource, killsByPhase, faultsByKind, failures };
}

function countInto(counts: Record<string, number>, names: readonly string[]): void {
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
}

interface RoundOutcome {
  /** The phase of each kill. */
  readonly phases: readonly string[];
  readonly faults: readonly string[];
  readonly counts: WorkloadCounts;
  readonly comparison?: Comparison;
  readonly consistentReads: number;
  readonly failures: readonly string[];
}

/** Phases that a kill can aim at, in their order, with their share of the kills and the longest wait inside the phase, milliseconds. */
const aims = [
  { phase: 'CAPTURE', share: 1, wait: 300 },
  { phase: 'SCHEMA_1', share: 1, wait: 200 },
  { phase: 'FULL_LOAD', share: 4, wait: 2500 },
  { phase: 'SCHEMA_2', share: 2, wait: 300 },
  { phase: 'APPLY', share: 4, wait: 3000 },
] as const;
type Aim = (typeof aims)[number];

/** How often something else goes wrong before a kill, and again while the service recovers from it. */
const FAULT_CHANCE = { before: 0.3, after: 0.15 };

interface RoundOptions {
  readonly stage: Stage;
  readonly ends: FaultyEnds;
  readonly random: Random;
  readonly database: string;
  readonly tell: (line: string) => void;
}

/** One task from its creation to its cutover, with kills all the way. */
class ChaosRound {
  readonly #stage: Stage;
  readonly #ends: FaultyEnds;
  readonly #random: Random;
  readonly #database: string;
  readonly #tell: (line: string) => void;
  readonly #phases: string[] = [];
  readonly #faults: string[] = [];
  readonly #failures: string[] = [];
  #consistentReads = 0;
  /** Where the task was last seen. */
  #phase = 'CAPTURE';

  constructor({ stage, ends, random, database, tell }: RoundOptions) {
    this.#stage = stage;
    this.#ends = ends;
    this.#random = random;
    this.#database = database;
    this.#tell = tell;
  }

  async play(kills: number): Promise<RoundOutcome> {
    const { source } = this.#stage;
    const recent: string[] = [];
    const load = {
      server: source,
      database: this.#database,
      seed: this.#random.below(2 ** 32),
      // Servers, service and load share the machine: not so much that the target can never keep up.
      transactionsPerSecond: 80,
      schemaChangeSeconds: 1.5,
      onSchemaChange: (kind: string) => void recent.push(kind),
    };
    await createWorkloadDatabase(load);
    await growInitialRows(source, this.#database);
    const workload = startWorkload(load);
    let comparison: Comparison | undefined;
    try {
      await workload.written(50);
      // Small chunks: the full load has to last long enough to be hit.
      const task = await this.#stage.startTask([{ name: this.#database }], {
        options: { chunkBytes: '262144', fullLoadParallelism: 2 },
        source: this.#ends.address('source'),
        target: this.#ends.address('target'),
      });
      for (const aim of this.#plan(kills)) await this.#killOnce(task, aim);
      await this.#untilApplying(task);
      await workload.written(100);
      await workload.stop();
      comparison = await this.#finish(task);
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      this.#failures.push(
        `${this.#database}: ${cause}\nlast schema changes: ${recent.slice(-5).join(', ')}\n${this.#stage.service.log.slice(-3000)}`,
      );
    }
    const counts = await this.#countsOf(workload);
    return {
      phases: this.#phases,
      faults: this.#faults,
      counts,
      ...(comparison ? { comparison } : {}),
      consistentReads: this.#consistentReads,
      failures: this.#failures,
    };
  }

  #plan(kills: number): Aim[] {
    // Aims take turns, so that a round of fewer kills has some of each.
    const most = Math.max(...aims.map(({ share }) => share));
    const shares = Array.from({ length: most }, (_, turn) => aims.filter(({ share }) => share > turn)).flat();
    const chosen = Array.from({ length: kills }, (_, index) => shares[index % shares.length] ?? aims[0]);
    return chosen.sort((one, other) => aims.indexOf(one) - aims.indexOf(other));
  }

  /** Kills at a random instant of a phase, or of a later one when the task was quicker. */
  async #killOnce(task: TaskHandle, aim: Aim): Promise<void> {
    const { service } = this.#stage;
    const reached = (view: TaskView) => phaseNumber(this.#seePhase(view)) >= phaseNumber(aim.phase);
    await task.waitUntil(reached, `the task reaches ${aim.phase}`, 400);
    const instant = Date.now() + this.#random.below(aim.wait);
    while (Date.now() < instant) {
      this.#seePhase(await task.view());
      await delay(10);
    }
    await this.#maybeFault(FAULT_CHANCE.before);
    await service.kill9();
    this.#phases.push(this.#phase);
    const applied = this.#phase === 'APPLY';
    if (applied) await this.#checkRules();
    await service.start();
    if (this.#random.chance(0.3)) {
      // Killed again while it recovers.
      await delay(this.#random.below(500));
      await service.kill9();
      this.#phases.push(`${this.#phase} while recovering`);
      await service.start();
    }
    await this.#maybeFault(FAULT_CHANCE.after);
    await this.#healthy(task);
    if (!applied) return;
    await this.#untilApplying(task);
    await this.#checkRules();
  }

  async #maybeFault(chance: number): Promise<void> {
    if (this.#random.chance(chance)) this.#faults.push(await this.#ends.strike(this.#random));
  }

  #seePhase(view: TaskView): string {
    this.#phase = view.phase ?? this.#phase;
    return this.#phase;
  }

  /** Waits until the task moves again after a restart. */
  async #healthy(task: TaskHandle): Promise<void> {
    const moving = (view: TaskView) => view.progress !== null && !['QUEUED', 'RETRYING'].includes(view.state);
    this.#seePhase(await task.waitUntil(moving, 'the task goes on after a kill', 90));
  }

  async #untilApplying(task: TaskHandle): Promise<void> {
    this.#seePhase(await task.waitForApply(400));
  }

  /** Law 2: at any moment after the full load the target is at a state that the source had, whether the service runs or is dead. */
  async #checkRules(): Promise<void> {
    const broken = await brokenRules(this.#stage.target, this.#database);
    this.#consistentReads++;
    if (broken.length > 0) {
      const atSource = await brokenRules(this.#stage.source, this.#database);
      throw new Error(
        `the target is at a state that the source never had: ${broken.join('; ')} (source: ${atSource.join('; ') || 'well'})`,
      );
    }
  }

  /** Catches up and cuts over, killed once more in the middle of it. */
  async #finish(task: TaskHandle): Promise<Comparison> {
    const { source, target, service } = this.#stage;
    const database = { name: this.#database };
    await this.#stage.settle(task, database, 400);
    await task.waitFor(['READY_TO_COMPLETE'], 120);
    await task.operate('completeTask');
    if (this.#random.chance(0.5)) {
      await delay(this.#random.below(300));
      await service.kill9();
      this.#phases.push('COMPLETING');
      await service.start();
    }
    await task.waitFor(['COMPLETED'], 120);
    const comparison = await compareEnds({ source, target, databases: [database], triggersAndEvents: true });
    if (!comparison.equal) this.#failures.push(`${this.#database} differs:\n${comparison.report}`);
    this.#tell(
      `${this.#database}: ${comparison.rowsCompared} rows compared, ${comparison.equal ? 'equal' : 'DIFFERENT'}`,
    );
    return comparison;
  }

  async #countsOf(workload: Workload): Promise<WorkloadCounts> {
    try {
      return await workload.stop();
    } catch (error) {
      this.#failures.push(`the workload failed: ${error instanceof Error ? error.message : error}`);
      return workload.counts;
    }
  }
}

const phaseNumber = (phase: string): number => aims.findIndex((aim) => aim.phase === phase);
