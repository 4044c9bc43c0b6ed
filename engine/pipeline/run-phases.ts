import type { Clock } from '../core/clock.ts';
import { type PhaseName, type PhaseProgress, type PhaseState, phaseNames } from '../core/task.ts';
import type { RunState } from './run/run-state.ts';
import type { TaskPort } from './run/task-port.ts';

/** The run's state in memory; each change is in the store before it is acted on, and each phase that begins or ends is an event. */
export class RunPhases {
  #run: RunState;
  readonly #port: TaskPort;
  readonly #clock: Clock;

  constructor(options: { run: RunState; port: TaskPort; clock: Clock }) {
    this.#run = options.run;
    this.#port = options.port;
    this.#clock = options.clock;
  }

  get run(): RunState {
    return this.#run;
  }

  isDone(name: PhaseName): boolean {
    return this.#run.phases[name].state === 'DONE';
  }

  /** The phase that the task is known by: the last one that runs. */
  get current(): PhaseName | undefined {
    return phaseNames.findLast((name) => this.#run.phases[name].state === 'RUNNING');
  }

  async begin(name: PhaseName): Promise<void> {
    if (this.#run.phases[name].state === 'RUNNING' || this.isDone(name)) return;
    await this.#set(name, { state: 'RUNNING', startedAt: this.#clock.now() });
    this.#port.event({ kind: 'PHASE', phase: name, message: `${name} began` });
  }

  async end(name: PhaseName): Promise<void> {
    if (this.isDone(name)) return;
    await this.#set(name, { ...this.#run.phases[name], state: 'DONE', finishedAt: this.#clock.now() });
    this.#port.event({ kind: 'PHASE', phase: name, message: `${name} done` });
  }

  async save(change: Partial<RunState>): Promise<void> {
    this.#run = { ...this.#run, ...change };
    await this.#port.saveRun(this.#run);
  }

  report(
    percentOf: (name: PhaseName) => number,
    etaOf: (name: PhaseName) => number | undefined,
  ): PhaseProgress[] {
    return phaseNames.map((name) => {
      const phase = this.#run.phases[name];
      const running = phase.state === 'RUNNING';
      return {
        name,
        ...phase,
        percent: phase.state === 'DONE' ? 100 : running ? percentOf(name) : 0,
        etaSeconds: running ? etaOf(name) : undefined,
      };
    });
  }

  async #set(
    name: PhaseName,
    phase: { state: PhaseState; startedAt?: number; finishedAt?: number },
  ): Promise<void> {
    await this.save({ phases: { ...this.#run.phases, [name]: phase } });
  }
}

export function freshPhases(): RunState['phases'] {
  const pending = Object.fromEntries(phaseNames.map((name) => [name, { state: 'PENDING' as PhaseState }]));
  return { ...pending, PRECHECK: { state: 'DONE' }, VERIFY: { state: 'SKIPPED' } } as RunState['phases'];
}
