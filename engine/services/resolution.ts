import { DtsError } from '../core/errors.ts';
import { tableLabel } from '../core/table.ts';
import type { Task } from '../core/task.ts';
import type { SchemaChangeResolution } from '../engine.ts';
import { type RunState, resolvableCodes, type SchemaResolution } from '../pipeline/run/run-state.ts';
import type { Store } from '../store/store.ts';
import { createMapper } from '../transform/mapping.ts';
import { invalid } from './refusals.ts';

const FIELD = 'input.resolution';
const SQL_CHARACTERS = 64 * 1024;

/**
 * Leaves the user's decision about the schema change that stopped the task where its next run finds it. Throws INVALID_STATE when no
 * such change stopped it, INVALID_INPUT when the decision does not fit. Inside a transaction of the caller.
 */
export function saveResolution(store: Store, task: Task, given: SchemaChangeResolution): void {
  const run = store.taskState.loadRun<RunState>(task.id);
  const refusal = run?.refusal;
  if (run === undefined || refusal === undefined || refusal.code !== task.error?.code) {
    throw new DtsError('INVALID_STATE', 'No schema change stopped the task: there is nothing to resolve.', {
      details: { state: task.state, errorCode: task.error?.code, resolvable: resolvableCodes },
    });
  }
  const { code, transaction } = refusal;
  const about = { action: given.action, code, transaction };
  store.taskState.saveRun(task.id, { ...run, resolution: { ...about, ...contentOf(task, given, refusal) } });
}

function contentOf(
  task: Task,
  given: SchemaChangeResolution,
  refusal: NonNullable<RunState['refusal']>,
): Pick<SchemaResolution, 'sql' | 'tables'> {
  const { action, sql, tables } = given;
  if (action !== 'REPLACE' && sql !== undefined) throw invalid(`${FIELD}.sql`, 'Only REPLACE takes SQL');
  if (action !== 'RELOAD' && tables !== undefined)
    throw invalid(`${FIELD}.tables`, 'Only RELOAD takes tables');
  if (action !== 'RELOAD' && refusal.code === 'SCHEMA_MISMATCH') {
    throw invalid(
      `${FIELD}.action`,
      'Rows do not fit the known structure of their table: only RELOAD can settle that',
    );
  }
  if (action === 'SKIP') return {};
  if (action === 'REPLACE') {
    if (sql === undefined || sql.trim() === '')
      throw invalid(`${FIELD}.sql`, 'REPLACE needs the SQL to take instead');
    if (sql.length > SQL_CHARACTERS)
      throw invalid(`${FIELD}.sql`, `The SQL is longer than ${SQL_CHARACTERS} characters`);
    return { sql };
  }
  const chosen = tables ?? refusal.tables;
  if (chosen.length === 0) throw invalid(`${FIELD}.tables`, 'RELOAD needs the tables to copy again');
  const mapper = createMapper(task.objects);
  const stranger = chosen.find((table) => !mapper.selects(table));
  if (stranger !== undefined)
    throw invalid(`${FIELD}.tables`, `${tableLabel(stranger)} is not among the objects of the task`);
  return { tables: chosen.map(({ database, name }) => ({ database, name })) };
}
