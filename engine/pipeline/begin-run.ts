import type { Clock } from '../core/clock.ts';
import { DtsError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Position } from '../core/position.ts';
import type { ObjectSelection } from '../core/selection.ts';
import type { Source } from '../core/source.ts';
import type { StructureSnapshot } from '../core/structure.ts';
import { isReadInRanges, tableKey, tableLabel } from '../core/table.ts';
import type { Target } from '../core/target.ts';
import type { TaskOptions } from '../core/task.ts';
import type { ObjectMapper } from '../transform/mapping.ts';
import { captureChanges } from './capture/capture-stage.ts';
import type { ChangeLog } from './change-log/change-log.ts';
import { MarkReview } from './mark-review.ts';
import { Meter } from './run/meter.ts';
import type { RetryOptions } from './run/retry.ts';
import { isOfOnePosition, type RunState, type TableRun, targetIdOf } from './run/run-state.ts';
import type { TaskPort } from './run/task-port.ts';
import { freshPhases } from './run-phases.ts';
import { newTableRun } from './schema/schema-replay.ts';
import type { StructureFiles } from './schema/structure-file.ts';
import { joinedTables } from './tables/cascades.ts';

export interface BeginOptions {
  readonly taskId: string;
  readonly source: Source;
  readonly target: Target;
  readonly selection: ObjectSelection;
  readonly mapper: ObjectMapper;
  readonly log: ChangeLog;
  readonly files: StructureFiles;
  readonly port: TaskPort;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly retry: RetryOptions;
  readonly readerId: number;
  readonly options: Pick<TaskOptions, 'conflictMode'>;
}

const ATTEMPTS = 50;

/**
 * Fixes the start of a run: a position and the structure as of it.
 *
 *     P0 ──── read the structure ──── P1
 *
 * The structure is read statement by statement, without a lock. It shows what the log holds up to P0, and it is the structure as of P0
 * exactly when the source's log has no schema change of the selection between P0 and P1. So the log is captured from P0 and looked at; a change there means once more.
 */
export async function beginRun(options: BeginOptions): Promise<{ run: RunState; tables: TableRun[] }> {
  const { source, log, clock } = options;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const start = await source.visiblePosition([]);
    await log.reset({ position: start, committedAtMicros: clock.now() * 1000 });
    const snapshot = await source.readStructure(options.selection);
    const end = await source.writtenPosition();
    if (source.positions.covers(start, end) || (await steadyBetween(options, snapshot, start, end))) {
      return await saveBeginning(options, snapshot, start);
    }
    options.logger.info({ attempt }, 'the structure changed while it was read: reading it again');
  }
  throw new DtsError(
    'SOURCE_TABLE_CHANGED',
    'The structure of the source never stood still long enough to be read.',
    {
      remedy: 'Start the task when fewer schema changes run at the source.',
    },
  );
}

/** Captures until `end` and tells whether no schema change of the selection came by. */
async function steadyBetween(
  options: BeginOptions,
  snapshot: StructureSnapshot,
  start: Position,
  written: Position,
): Promise<boolean> {
  const { source, log, clock } = options;
  const review = new MarkReview(options);
  let end = written;
  const stop = new AbortController();
  const signal = AbortSignal.any([options.retry.signal, stop.signal]);
  const capturing = captureChanges({
    ...options,
    start,
    retry: { ...options.retry, signal },
    meter: new Meter(clock),
    isAwaited: () => true,
    onCommit: () => {},
    onIdle: () => {},
  });
  capturing.catch((error) => stop.abort(error));
  try {
    const decoder = source.decoder(snapshot.history, options.selection);
    for await (const record of log.read({ from: log.begins(), signal })) {
      if (record.kind === 'begin') decoder.beginTransaction();
      else if (record.kind === 'piece') {
        for (const event of decoder.decode(record.bytes)) if (event.kind === 'schema') return false;
      } else {
        const position = record.kind === 'commit' ? record.mark.position : record.position;
        if (source.positions.covers(position, end)) return true;
        const awaited = {
          mark: end,
          waiting: 'The start of the task',
          replace: (mark: Position) => {
            end = mark;
          },
        };
        await review.review([awaited], record.kind === 'idle');
        if (source.positions.covers(position, end)) return true;
      }
    }
    return false;
  } catch (error) {
    // A change that does not fit the structure read is one more sign that it has moved on.
    if (error instanceof DtsError && ['DDL_NOT_UNDERSTOOD', 'SCHEMA_MISMATCH'].includes(error.code))
      return false;
    if (stop.signal.aborted) throw stop.signal.reason;
    throw error;
  } finally {
    stop.abort();
    await capturing.catch(() => undefined);
  }
}

async function saveBeginning(
  options: BeginOptions,
  snapshot: StructureSnapshot,
  start: Position,
): Promise<{ run: RunState; tables: TableRun[] }> {
  const { taskId, source, target, mapper, log, files, port, clock } = options;
  const offset = log.begins();
  const { logsCascades } = await source.identity();
  const joined = joinedTables(snapshot.history);
  const tables = snapshot.history
    .tables()
    .filter(
      (table) =>
        mapper.selects(table.id) && snapshot.tables.some((d) => tableKey(d.id) === tableKey(table.id)),
    )
    .map((table) => {
      const estimate = snapshot.estimates.get(tableKey(table.id));
      return newTableRun(table.id, mapper, {
        keyless: !isReadInRanges(table),
        together: (!logsCascades && joined(table.id).length > 0) || undefined,
        state: 'PENDING',
        completed: false,
        estimatedRows: estimate?.rows ?? 0,
        estimatedBytes: estimate?.bytes ?? 0,
      });
    });
  await refuseRowsInTheWay(options, tables);
  await files.clear();
  await files.save(offset, snapshot.history);
  await files.saveDefinitions(snapshot);
  await target.prepare(taskId);
  // Of an earlier beginning: from here on it only goes forward.
  await target.forget(taskId);
  await target.writeCheckpoint(taskId, {
    logOffset: offset,
    position: start,
    committedAtMicros: clock.now() * 1000,
  });
  await port.saveTables(tables);
  const run: RunState = {
    startPosition: start,
    startOffset: offset.toString(),
    phases: freshPhases(),
    totals: { changesCaptured: 0, changesApplied: 0 },
    selection: options.selection,
  };
  await port.saveRun(run);
  return { run, tables };
}

/** Rows may have come to the target since the precheck. Throws TARGET_OBJECT_EXISTS where none may be there. */
async function refuseRowsInTheWay(options: BeginOptions, tables: readonly TableRun[]): Promise<void> {
  const occupied = await options.target.structure.occupied(tables.map(targetIdOf));
  if (occupied.length === 0) return;
  if (options.options.conflictMode === 'REPORT') {
    const object = occupied.map(tableLabel).join(', ');
    throw new DtsError('TARGET_OBJECT_EXISTS', `Tables with rows exist at the target: ${object}.`, {
      details: { object },
      remedy: 'Empty or drop the tables at the target, then retry the task.',
    });
  }
  const keys = new Set(occupied.map(tableKey));
  for (const run of tables) {
    const id = targetIdOf(run);
    if (!isOfOnePosition(run) || !keys.has(tableKey(id))) continue;
    options.port.event({
      kind: 'WARNING',
      object: tableLabel(id),
      message: `The rows that ${tableLabel(id)} has at the target are removed before it is copied.`,
    });
  }
}
