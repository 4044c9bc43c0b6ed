import type { Clock } from '../core/clock.ts';
import type { Source } from '../core/source.ts';
import type { StructureHistory } from '../core/structure.ts';
import { tableKey, tableLabel } from '../core/table.ts';
import type { Target } from '../core/target.ts';
import type { ObjectMapper } from '../transform/mapping.ts';
import { sourceIdOf, type TableRun, targetIdOf } from './run-state.ts';
import type { TableRegistry } from './table-registry.ts';
import type { TaskPort } from './task-port.ts';

/** How long to let the change stream catch up with a structure that the source has already. */
const PATIENCE_MILLIS = 500;

/**
 * Copies tables again that were altered while they were copied, or came into the selection. The apply waits meanwhile: its
 * structure of the table is compared with the source's, and only when both are alike is the table made anew and copied.
 */
export class Reloader {
  readonly #options: ReloadOptions;
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(options: ReloadOptions) {
    this.#options = options;
  }

  /** Called when the apply has nothing more to do. */
  async attempt(history: StructureHistory): Promise<void> {
    const { registry, clock } = this.#options;
    const waiting = registry.reloading();
    if (waiting.length === 0 || clock.now() - this.#lookedAt < PATIENCE_MILLIS) return;
    this.#lookedAt = clock.now();
    const ready: TableRun[] = [];
    for (const run of waiting)
      if (await this.#rebuild(run, history)) ready.push(registry.get(sourceIdOf(run)) ?? run);
    if (ready.length > 0) await this.#options.copy(ready, history);
  }

  /** True when the table stands empty at the target with the structure that the source has now. */
  async #rebuild(run: TableRun, history: StructureHistory): Promise<boolean> {
    const { source, target, mapper, registry, port, retrying } = this.#options;
    const id = sourceIdOf(run);
    const snapshot = await retrying('schema', () =>
      source.readStructure({ databases: [{ name: id.database, tables: [{ name: id.name }] }] }),
    );
    const now = snapshot.history.table(id);
    const known = history.table(id);
    const definition = snapshot.tables.find((candidate) => tableKey(candidate.id) === tableKey(id));
    if (now === undefined || known === undefined || definition === undefined) return false;
    if (JSON.stringify(now) !== JSON.stringify(known)) return false;
    await retrying('schema', async () => {
      await target.structure.drop(targetIdOf(run));
      await target.structure.createContainer(definition, mapper);
    });
    await port.clearChunks(id);
    const estimate = snapshot.estimates.get(tableKey(id));
    await registry.update(id, {
      state: 'PENDING',
      completed: false,
      low: undefined,
      high: undefined,
      rowsCopied: 0,
      bytesCopied: 0,
      estimatedRows: estimate?.rows ?? 0,
      estimatedBytes: estimate?.bytes ?? 0,
    });
    port.event({ kind: 'TABLE', object: tableLabel(id), message: 'Copying it again.' });
    return true;
  }
}

export interface ReloadOptions {
  readonly source: Source;
  readonly target: Target;
  readonly mapper: ObjectMapper;
  readonly registry: TableRegistry;
  readonly port: TaskPort;
  readonly clock: Clock;
  readonly retrying: <T>(stage: string, work: () => Promise<T>) => Promise<T>;
  readonly copy: (tables: readonly TableRun[], history: StructureHistory) => Promise<void>;
}
