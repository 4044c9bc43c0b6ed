import type { ObjectSelection } from '../../core/selection.ts';
import { type TableId, tableKey, tableLabel } from '../../core/table.ts';
import { createMapper } from '../../transform/mapping.ts';
import { type Check, type Finding, fail, type OtherTask, warn } from '../check.ts';

interface Carried {
  readonly objects: ObjectSelection;
  /** Tables of the source that `objects` selects. */
  readonly tables: readonly TableId[];
  readonly others: readonly OtherTask[];
  /** The target tells names that differ in case alone not apart. */
  readonly foldsNames: boolean;
}

export const otherTasksCheck: Check = {
  name: 'target.other_tasks',
  title: 'No other task writes to the same tables of the target',
  find: ({ task, source, target, others }) =>
    otherTasksFinding({
      objects: task.objects,
      tables: source.tables.map(({ id }) => id),
      others,
      foldsNames: (target.variables.lower_case_table_names ?? '0') !== '0',
    }),
};

/** Tables of one source never come twice to one place; tables of several sources may be merged there. */
export function otherTasksFinding({ objects, tables, others, foldsNames }: Carried): Finding | undefined {
  const placeOf = (id: TableId) => (foldsNames ? tableLabel(id).toLowerCase() : tableLabel(id));
  const mapper = createMapper(objects);
  const arrivals = tables.map((id) => mapper.table(id));
  const shared = others
    .map((other) => {
      const taken = new Set(arrivalsOf(other, tables).map(placeOf));
      return { other, places: arrivals.filter((id) => taken.has(placeOf(id))) };
    })
    .filter(({ places }) => places.length > 0);
  const ofSameSource = shared.filter(({ other }) => other.sameSource);
  const told = ofSameSource.length > 0 ? ofSameSource : shared;
  if (told.length === 0) return undefined;
  const names = told.map(({ other }) => `${other.id} "${other.name}"`).join(', ');
  const places = told.flatMap(({ other, places: ids }) => ids.map((id) => `${tableLabel(id)}: ${other.id}`));
  return ofSameSource.length > 0
    ? fail(
        `Other tasks carry tables of the same source to the same tables of the target, where each would find the rows of the other: ${names}.`,
        'Leave the tables out of one of the tasks, stop or destroy the other task, or map the tables to other names.',
        places,
      )
    : warn(
        `Other tasks carry tables of other sources to the same tables of the target: ${names}.`,
        'None needed if the tables are merged on purpose and share no keys; else leave the tables out of one of the tasks, stop or destroy the other task, or map the tables to other names.',
        places,
      );
}

/** Where the other task's tables arrive, as far as they are known: by its run, by their names in its selection, by the source they share. */
function arrivalsOf(other: OtherTask, tables: readonly TableId[]): TableId[] {
  const mapper = createMapper(other.objects);
  const named = other.objects.databases.flatMap(({ name: database, tables: chosen = [] }) =>
    chosen.map(({ name }): TableId => ({ database, name })),
  );
  const known = [...other.tables, ...named, ...(other.sameSource ? tables : [])];
  const selected = known.filter((id) => mapper.selects(id));
  return [...new Map(selected.map((id) => [tableKey(id), mapper.table(id)])).values()];
}
