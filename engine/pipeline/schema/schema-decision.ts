import type { SchemaEffect } from '../../core/change.ts';
import { type TableId, type TableKey, tableKey } from '../../core/table.ts';
import { isOfOnePosition, type TableRun } from '../run/run-state.ts';

/** How a schema change stands to a table's copy, as `Disposition` for rows. */
export type CopyRelation = 'before' | 'within' | 'after';

/** What has to happen around the replay of one schema change. Lists name source tables. */
export interface SchemaDecision {
  /**
   * Left out of the replay: SCHEMA_2 brings their indexes to the structure known by then. Or they are set apart until they are copied:
   * their structure at the target means nothing.
   */
  readonly leaveOut: ReadonlySet<TableKey>;
  /** Get their secondary indexes first, because the statement may name them. */
  readonly completeFirst: readonly TableId[];
  /** Emptied, completed, then changed with the rest; copied again when the apply has caught up. */
  readonly reload: readonly TableId[];
  /** Their copy began after this change, which added to it what the copy did not read: events count from here on. */
  readonly lowerLow: readonly TableId[];
  /** Empty at the source at this position: what follows is applied strictly, whatever was copied. */
  readonly emptied: readonly TableId[];
  readonly add: readonly TableId[];
  /** Made like another, which may have had no secondary indexes at the target yet: SCHEMA_2 brings what is missing. */
  readonly addIncomplete: readonly TableId[];
  readonly remove: readonly TableId[];
  readonly rename: readonly { readonly from: TableId; readonly to: TableId }[];
  /** Came into the selection by a rename, or is made like a table that is set apart: its rows are to be copied. */
  readonly enter: readonly TableId[];
  readonly dropDatabases: readonly string[];
}

export interface DecisionInput {
  readonly effects: readonly SchemaEffect[];
  readonly selects: (table: TableId) => boolean;
  readonly run: (table: TableId) => TableRun | undefined;
  readonly relation: (table: TableRun) => CopyRelation;
}

/**
 * Decides, for each object that a schema change touches, how it meets a copy that is made or in the making. Pure.
 *
 * The copy reads the columns that the table had at the start. So a change inside the copy's window is harmless when it touches only
 * indexes (they are made after the rows) or only adds columns (every value in them comes by a later event). What empties a table
 * settles its copy. Anything else, both in one statement too, makes rows of two shapes or needs what is not there yet: the table is
 * reloaded.
 */
export function decideSchemaChange(input: DecisionInput): SchemaDecision {
  const leaveOut = new Set<TableKey>();
  const decision = {
    completeFirst: [] as TableId[],
    reload: [] as TableId[],
    lowerLow: [] as TableId[],
    emptied: [] as TableId[],
    add: [] as TableId[],
    addIncomplete: [] as TableId[],
    remove: [] as TableId[],
    rename: [] as { from: TableId; to: TableId }[],
    enter: [] as TableId[],
    dropDatabases: [] as string[],
  };
  const settle = (id: TableId, change: 'indexes' | 'additive' | 'rewrite') => {
    const run = input.run(id);
    if (run?.detached) leaveOut.add(tableKey(id));
    if (run === undefined || run.state === 'RELOADING') return;
    const relation = input.relation(run);
    if (change === 'indexes' && !run.completed) leaveOut.add(tableKey(id));
    else if (relation === 'after') {
      if (!run.completed) decision.completeFirst.push(id);
    } else if (change === 'additive' && !isOfOnePosition(run)) {
      if (relation === 'before') decision.lowerLow.push(id);
    } else if (change !== 'indexes') decision.reload.push(id);
  };
  const empty = (id: TableId) => {
    const run = input.run(id);
    // One that is set apart has rows to be copied that came later.
    if (run === undefined || run.detached) return;
    // The copy has what came after; what cascades did to it until then would not come again.
    if (run.together && run.state === 'COPIED' && input.relation(run) === 'before')
      leaveOut.add(tableKey(id));
    else decision.emptied.push(id);
  };
  for (const effect of input.effects) {
    switch (effect.kind) {
      case 'create-table':
        if (!input.selects(effect.table)) break;
        if (effect.like === undefined) decision.add.push(effect.table);
        else if (input.run(effect.like)?.detached) decision.enter.push(effect.table);
        // Whatever is known of the other by now: after a crash it may have got its indexes since the new one was made.
        else decision.addIncomplete.push(effect.table);
        break;
      case 'alter-table':
        settle(effect.table, effect.change);
        break;
      case 'rename-table':
        if (input.selects(effect.from) && input.selects(effect.to)) {
          // The empty place of one that is set apart moves like any table, unless it is altered on the way.
          if (!input.run(effect.from)?.detached) settle(effect.from, 'rewrite');
          decision.rename.push({ from: effect.from, to: effect.to });
        } else if (input.selects(effect.to)) decision.enter.push(effect.to);
        else if (input.selects(effect.from)) decision.remove.push(effect.from);
        break;
      case 'drop-table':
        if (input.selects(effect.table)) decision.remove.push(effect.table);
        break;
      case 'truncate-table':
        empty(effect.table);
        break;
      case 'drop-database':
        decision.dropDatabases.push(effect.database);
        break;
      default:
        break;
    }
  }
  return { leaveOut, ...decision };
}
