import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/logger.ts';
import type { ObjectSelection } from '../core/selection.ts';
import type { ConnectorContext, Source } from '../core/source.ts';
import type { Target } from '../core/target.ts';
import type { TaskKind, TaskOptions } from '../core/task.ts';
import type { RunState, TableRun } from './run/run-state.ts';
import type { TaskPort } from './run/task-port.ts';

/** What a task needs to live: its configuration, what an earlier run left, and everything that reaches outside. */
export interface TaskRunOptions {
  readonly taskId: string;
  readonly kind: TaskKind;
  readonly selection: ObjectSelection;
  readonly options: TaskOptions;
  /** Directory of this task alone: change log and structure. */
  readonly directory: string;
  /** As saved by an earlier run; absent at the first start. */
  readonly run?: RunState | undefined;
  readonly tables: readonly TableRun[];
  readonly openSource: (context: Pick<ConnectorContext, 'onWaiting'>) => Promise<Source>;
  readonly openTarget: () => Promise<Target>;
  readonly port: TaskPort;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly random: () => number;
  readonly readerId: number;
  /** Ends the run where it stands; it goes on from its checkpoints when run again. */
  readonly signal: AbortSignal;
  /** Aborts when the user asks to complete: what the source holds by then is still applied. */
  readonly completion: AbortSignal;
}
