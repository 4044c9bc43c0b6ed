import { setTimeout as delay } from 'node:timers/promises';
import { type Comparison, compareEnds } from '../compare/compare.ts';
import type { Stage } from '../product/stage.ts';
import { type TaskHandle, type TaskView, unlessUnreachable } from '../product/task.ts';
import { beatsOf, brokenRules } from '../workload/invariants.ts';
import type { Random } from '../workload/random.ts';
import {
  createWorkloadDatabase,
  startWorkload,
  type Workload,
  type WorkloadCounts,
} from '../workload/workload.ts';
import { nothingPlayed, type RoundOutcome } from './chaos-report.ts';
import type { FaultyEnds } from './faults.ts';
import { growInitialRows } from './initial-rows.ts';
import type { ChaosSource } from './sources.ts';

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

/** A target that is so far behind is given time: the machine may carry less than the load, and a task that never catches up proves nothing. */
const OVERLOAD = { lagMillis: 20_000, slowDown: 5 };

/** What went wrong has this long to take effect before the service is killed, milliseconds. */
const FAULT_EFFECT = { least: 50, most: 500 };

interface RoundOptions {
  readonly stage: Stage;
  readonly ends: FaultyEnds;
  readonly source: ChaosSource;
  readonly random: Random;
  readonly database: string;
  readonly tell: (line: string) => void;
}

/** One task from its creation to its cutover, with kills all the way. */
export class ChaosRound {
  readonly #stage: Stage;
  readonly #ends: FaultyEnds;
  readonly #source: ChaosSource;
  readonly #random: Random;
  readonly #database: string;
  readonly #tell: (line: string) => void;
  readonly #phases: string[] = [];
  readonly #faults: string[] = [];
  readonly #failures: string[] = [];
  #consistentReads = 0;
  #workload: Workload | undefined;
  #counts: WorkloadCounts = nothingPlayed('').counts;
  /** Where the task was last seen. */
  #phase = 'CAPTURE';
  /** Most that the task has told of. */
  #rowsMissing = 0;

  constructor({ stage, ends, source, random, database, tell }: RoundOptions) {
    this.#stage = stage;
    this.#ends = ends;
    this.#source = source;
    this.#random = random;
    this.#database = database;
    this.#tell = tell;
  }

  async play(kills: number): Promise<RoundOutcome> {
    const recent: string[] = [];
    let comparison: Comparison | undefined;
    try {
      comparison = await this.#playUnderLoad(kills, (kind) => void recent.push(kind));
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      this.#failures.push(
        `${this.#database}: ${cause}\nlast schema changes: ${recent.slice(-5).join(', ')}\n${this.#stage.service.log.slice(-3000)}`,
      );
    }
    return {
      source: this.#source.name,
      phases: this.#phases,
      faults: this.#faults,
      counts: this.#counts,
      rowsCompared: comparison?.rowsCompared ?? 0,
      consistentReads: this.#consistentReads,
      failures: this.#failures,
    };
  }

  async #playUnderLoad(kills: number, onSchemaChange: (kind: string) => void): Promise<Comparison> {
    const { source } = this.#stage;
    const load = {
      server: source,
      database: this.#database,
      seed: this.#random.below(2 ** 32),
      // Servers, service and load share the machine: not so much that the target can never keep up.
      transactionsPerSecond: 80,
      schemaChangeSeconds: 1.5,
      onSchemaChange,
    };
    await createWorkloadDatabase(load);
    await growInitialRows(source, this.#database);
    const workload = startWorkload(load);
    this.#workload = workload;
    const random = this.#random.fork();
    try {
      await using _trouble = this.#source.trouble?.(source, random);
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
      if ((await beatsOf(source, this.#database)) === 0)
        this.#failures.push(
          `${this.#database}: the event of the source never wrote, so nothing was proved of it`,
        );
      return await this.#finish(task);
    } finally {
      this.#counts = await this.#countsOf(workload);
    }
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
    const reached = (view: TaskView) => phaseNumber(this.#see(view)) >= phaseNumber(aim.phase);
    await task.waitUntil(reached, `the task reaches ${aim.phase}`, 400);
    const instant = Date.now() + this.#random.below(aim.wait);
    while (Date.now() < instant) {
      this.#see(await task.view());
      await delay(10);
    }
    if (await this.#maybeFault(FAULT_CHANCE.before))
      await delay(this.#random.between(FAULT_EFFECT.least, FAULT_EFFECT.most));
    await this.#kill(task);
    const applied = this.#phase === 'APPLY';
    if (applied) await this.#checkRules();
    await service.start();
    await this.#maybeKillAgain(task);
    await this.#maybeFault(FAULT_CHANCE.after);
    await this.#healthy(task);
    if (!applied) return;
    await this.#untilApplying(task);
    await this.#checkRules();
  }

  /** The service says where the task is, and dies. */
  async #kill(task: TaskHandle, circumstance = ''): Promise<void> {
    const view = await task.view().catch(unlessUnreachable);
    if (view) this.#see(view);
    await this.#stage.service.kill9();
    this.#phases.push(`${this.#phase}${circumstance}`);
  }

  /** Kills the service while it recovers. */
  async #maybeKillAgain(task: TaskHandle): Promise<void> {
    if (!this.#random.chance(0.3)) return;
    await delay(this.#random.below(500));
    await this.#kill(task, ' while recovering');
    await this.#stage.service.start();
  }

  async #maybeFault(chance: number): Promise<boolean> {
    if (!this.#random.chance(chance)) return false;
    this.#faults.push(await this.#ends.strike(this.#random));
    return true;
  }

  #see({ state, phase, progress }: TaskView): string {
    this.#phase = state === 'COMPLETED' ? state : (phase ?? this.#phase);
    this.#rowsMissing = Math.max(this.#rowsMissing, Number(progress?.rowsMissing ?? 0));
    const behind = Number(progress?.lagMillis ?? 0) > OVERLOAD.lagMillis;
    this.#workload?.slowDown(behind ? OVERLOAD.slowDown : 1);
    return this.#phase;
  }

  /** Waits until the task moves again after a restart. */
  async #healthy(task: TaskHandle): Promise<void> {
    const moving = (view: TaskView) => view.progress !== null && !['QUEUED', 'RETRYING'].includes(view.state);
    this.#see(await task.waitUntil(moving, 'the task goes on after a kill', 90));
  }

  async #untilApplying(task: TaskHandle): Promise<void> {
    const applying = (view: TaskView) => this.#see(view) === 'APPLY' || view.state === 'READY_TO_COMPLETE';
    await task.waitUntil(applying, 'the task applies each change at once', 400);
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
      // While triggers and events are made.
      const making = (view: TaskView) =>
        ['SCHEMA_3', 'COMPLETED'].includes(this.#see(view)) || ['ERROR', 'FAILED'].includes(view.state);
      while (!making(await task.view())) await delay(5);
    }
    await delay(this.#random.below(300));
    await this.#kill(task);
    await service.start();
    await this.#maybeKillAgain(task);
    this.#see(await task.waitFor(['COMPLETED'], 120));
    if (this.#rowsMissing > 0)
      this.#failures.push(
        `${this.#database}: ${this.#rowsMissing} changes did not find their row at the target`,
      );
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
