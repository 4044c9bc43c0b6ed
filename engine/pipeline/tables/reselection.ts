import { isDeepStrictEqual } from 'node:util';
import type { ObjectSelection } from '../../core/selection.ts';
import type { Source } from '../../core/source.ts';
import type { StructureHistory } from '../../core/structure.ts';
import { type TableId, tableLabel } from '../../core/table.ts';
import type { Target } from '../../core/target.ts';
import { createMapper, type ObjectMapper } from '../../transform/mapping.ts';
import { sourceIdOf, targetIdOf } from '../run/run-state.ts';
import type { TaskPort } from '../run/task-port.ts';
import type { RunPhases } from '../run-phases.ts';
import type { TableRegistry } from './table-registry.ts';

interface ReselectionOptions {
  readonly selection: ObjectSelection;
  readonly phases: RunPhases;
  readonly registry: TableRegistry;
  readonly mapper: ObjectMapper;
  readonly port: TaskPort;
}

/**
 * A selection that was changed while the task was under way.
 *
 *     begins ──── leaveOut ──── the full load, if it is not done ──── join ──── reload
 *
 * From its start on the run captures by the new selection. Tables that it lacks, or gives another name, are forgotten at once; what the
 * log still has of them is passed over, and what is at the target stays. Tables that it adds are set apart, and copied as those that
 * are reloaded: with the structure of then, and with the changes from then on, all of which were captured.
 */
export async function leaveOut(options: ReselectionOptions): Promise<void> {
  const { selection, phases, registry, mapper, port } = options;
  const { selection: former, joining } = phases.run;
  if (former === undefined) await phases.save({ selection });
  else if (!isDeepStrictEqual(former, selection)) {
    // Changed again before it was done: what is whole since the first change was not whole before it.
    await phases.save({ selection, joining: joining ?? former });
  }
  if (phases.run.joining === undefined) return;
  for (const run of registry.all()) {
    const id = sourceIdOf(run);
    if (mapper.selects(id) && tableLabel(mapper.table(id)) === tableLabel(targetIdOf(run))) continue;
    await registry.remove(id);
    port.event({ kind: 'TABLE', object: tableLabel(id), message: 'Taken out of the selection.' });
  }
}

/** Sets the tables apart that the selection has and the run has not. May repeat. */
export async function join(
  options: ReselectionOptions & {
    readonly source: Source;
    readonly target: Target;
    readonly history: StructureHistory;
    readonly setApart: (ids: readonly TableId[], history: StructureHistory) => Promise<void>;
  },
): Promise<void> {
  const { selection, phases, registry, mapper, port, source, target, history, setApart } = options;
  const { joining: former } = phases.run;
  if (former === undefined) return;
  const snapshot = await source.readStructure(selection);
  for (const database of snapshot.databases) await target.structure.createContainer(database, mapper);
  const added = snapshot.tables.map(({ id }) => id).filter((id) => !registry.get(id));
  await setApart(added, history);
  const before = createMapper(former);
  for (const { kind, id } of [...snapshot.views, ...snapshot.routines]) {
    if (before.selectsDatabase(id.database) || before.selects(id)) continue;
    port.event({
      kind: 'WARNING',
      object: tableLabel(id),
      message: `The ${kind} ${tableLabel(id)} was there before it was selected: create it at the target by hand. Later changes of it are carried.`,
    });
  }
  await phases.save({ joining: undefined });
}
