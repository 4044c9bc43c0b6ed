import type { ErrorReport } from '../../core/errors.ts';
import type { Chunk } from '../../core/source.ts';
import type { TableId } from '../../core/table.ts';
import type { TaskEvent, TaskProgress } from '../../core/task.ts';
import type { RunState, TableRun } from './run-state.ts';

export type NewTaskEvent = Omit<TaskEvent, 'seq' | 'taskId' | 'at'>;

/** A chunk of the full load that is committed at the target. */
export interface DoneChunk {
  readonly chunk: Chunk;
  readonly rows: number;
  readonly bytes: number;
}

/**
 * The only way from a task's thread to the store, which lives on the main thread. Law: when a promise resolves, the change is
 * durable. Calls take effect in the order in which they are made.
 */
export interface TaskPort {
  saveRun(run: RunState): Promise<void>;
  saveTables(changed: readonly TableRun[]): Promise<void>;
  removeTable(table: TableId): Promise<void>;
  saveChunk(table: TableId, done: DoneChunk): Promise<void>;
  chunks(table: TableId): Promise<readonly DoneChunk[]>;
  clearChunks(table: TableId): Promise<void>;
  event(event: NewTaskEvent): void;
  progress(progress: TaskProgress): void;
  /** A passing failure: the task tries again after the pause. */
  retrying(error: ErrorReport, delayMillis: number, attempt: number): void;
  /** No stage is failing any more. */
  recovered(): void;
  /** The changes are applied up to within seconds of the source; a migration becomes READY_TO_COMPLETE. May repeat. */
  caughtUp(): void;
  /** The changes lag by a minute or more. May repeat. */
  fellBehind(): void;
}
