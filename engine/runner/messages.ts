import type { EndpointConfig } from '../core/endpoint.ts';
import type { ErrorReport } from '../core/errors.ts';
import type { ObjectSelection } from '../core/selection.ts';
import type { TaskKind, TaskOptions, TaskProgress } from '../core/task.ts';
import type { RunState, TableRun } from '../pipeline/run/run-state.ts';
import type { NewTaskEvent } from '../pipeline/run/task-port.ts';

/** What a task's thread is given at its start. Secrets are in it: it lives in memory only. */
export interface ThreadInput {
  readonly taskId: string;
  readonly kind: TaskKind;
  readonly selection: ObjectSelection;
  readonly options: TaskOptions;
  readonly directory: string;
  readonly run?: RunState | undefined;
  readonly tables: readonly TableRun[];
  readonly source: EndpointConfig;
  readonly target: EndpointConfig;
  readonly readerId: number;
}

/** Calls of the port that wait for the store. */
export type PortMethod = 'saveRun' | 'saveTables' | 'removeTable' | 'saveChunk' | 'chunks' | 'clearChunks';

export type FromThread =
  | {
      readonly type: 'call';
      readonly id: number;
      readonly method: PortMethod;
      readonly args: readonly unknown[];
    }
  | { readonly type: 'event'; readonly event: NewTaskEvent }
  | { readonly type: 'progress'; readonly progress: TaskProgress }
  | {
      readonly type: 'retrying';
      readonly error: ErrorReport;
      readonly delayMillis: number;
      readonly attempt: number;
    }
  | { readonly type: 'recovered' }
  | { readonly type: 'caughtUp' }
  | { readonly type: 'fellBehind' }
  | {
      readonly type: 'log';
      readonly level: 'debug' | 'info' | 'warn' | 'error';
      readonly fields: object;
      readonly message: string;
    }
  | { readonly type: 'pong' }
  | { readonly type: 'ended'; readonly outcome: 'completed' | 'aborted' }
  | { readonly type: 'ended'; readonly outcome: 'failed'; readonly error: ErrorReport };

export type ToThread =
  | { readonly type: 'result'; readonly id: number; readonly value: unknown }
  | { readonly type: 'refused'; readonly id: number; readonly error: ErrorReport }
  | { readonly type: 'stop' }
  | { readonly type: 'complete' }
  | { readonly type: 'ping' };
