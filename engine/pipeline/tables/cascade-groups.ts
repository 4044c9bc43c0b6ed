import type { Position, PositionOrder } from '../../core/position.ts';
import type { StructureHistory } from '../../core/structure.ts';
import type { TableId } from '../../core/table.ts';
import { sourceIdOf, type TableRun } from '../run/run-state.ts';
import { joinedTables } from './cascades.ts';
import type { TableRegistry } from './table-registry.ts';

/**
 * Keeps tables in step whose foreign keys act on each other, where the source's log does not tell what they did.
 *
 * A parent's change that is dropped, because the parent's copy has it, takes no children along at the target; one that is applied
 * takes along those that are there. So either all copies of a group show one position, or all its tables wait to be copied.
 */
export class CascadeGroups {
  readonly #registry: TableRegistry;
  readonly #positions: PositionOrder;
  readonly #logged: boolean;

  constructor(options: { registry: TableRegistry; positions: PositionOrder; logged: boolean }) {
    this.#registry = options.registry;
    this.#positions = options.positions;
    this.#logged = options.logged;
  }

  /** The carried tables that must be copied with a table, itself included; none where it is copied alone. */
  of(history: StructureHistory): (table: TableId) => readonly TableId[] {
    if (this.#logged) return () => [];
    const joined = joinedTables(history);
    return (table) => joined(table).filter((id) => this.#registry.get(id) !== undefined);
  }

  /** Tables that have to be copied again with others of their group; `at`: when the structure became this one. */
  outOfStep(history: StructureHistory, at?: Position): TableId[] {
    if (this.#logged) return [];
    const joined = joinedTables(history);
    const groups = new Set(this.#registry.all().map((run) => joined(sourceIdOf(run))));
    return [...groups].flatMap((group) => {
      const runs = group.flatMap((id) => this.#registry.get(id) ?? []);
      if (this.#isInStep(runs, at)) return [];
      return runs.filter(({ state }) => state !== 'RELOADING').map(sourceIdOf);
    });
  }

  #isInStep(runs: readonly TableRun[], at: Position | undefined): boolean {
    const reloading = runs.filter(({ state }) => state === 'RELOADING').length;
    if (reloading > 0) return reloading === runs.length;
    // Copied after `at`: its changes until then are not applied.
    const ahead = runs.filter(
      ({ state, high }) =>
        at !== undefined &&
        state === 'COPIED' &&
        high !== undefined &&
        this.#positions.covers(high as Position, at),
    );
    const [first] = ahead;
    if (first === undefined) return true;
    return runs.every(({ low, high }) => low === first.high && high === first.high);
  }
}
