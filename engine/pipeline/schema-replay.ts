import type { SchemaEffect, SchemaEvent, SchemaStatement } from '../core/change.ts';
import { DtsError, reportOf } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Position, PositionOrder } from '../core/position.ts';
import type { StructureHistory } from '../core/structure.ts';
import { identityOf, type TableId, tableKey, tableLabel } from '../core/table.ts';
import type { Checkpoint, Target } from '../core/target.ts';
import type { ObjectMapper } from '../transform/mapping.ts';
import { type SchemaResolution, sourceIdOf, type TableRun, targetIdOf } from './run-state.ts';
import { type CopyRelation, decideSchemaChange, type SchemaDecision } from './schema-decision.ts';
import type { StructureFiles } from './structure-file.ts';
import type { TableRegistry } from './table-registry.ts';
import type { TaskPort } from './task-port.ts';

/**
 * Replays schema changes at the target, each exactly once though the target commits them by itself:
 *
 *     checkpoint (all before)  →  intent + fingerprint  →  statement  →  checkpoint (after)
 *                                                   crash here: is the fingerprint still the same?
 *
 * After a crash the same change comes again. Statements before the intent's step are done; at the step itself the objects are
 * compared with the fingerprint from before: alike means that the statement did not run, or that running it again is harmless.
 */
export interface SchemaReplayOptions {
  readonly taskId: string;
  readonly target: Target;
  readonly registry: TableRegistry;
  readonly mapper: ObjectMapper;
  readonly positions: PositionOrder;
  readonly files: StructureFiles;
  readonly port: TaskPort;
  readonly logger: Logger;
  /** What the user decided about the change that stopped the task; used once. */
  readonly resolution?: SchemaResolution | undefined;
  readonly onResolved: () => Promise<void>;
}

export interface SchemaOccurrence {
  readonly event: SchemaEvent;
  readonly before: StructureHistory;
  readonly after: StructureHistory;
  /** All before this change is applied and committed. */
  readonly checkpoint: Checkpoint;
  readonly transaction: Position;
}

export class SchemaReplay {
  readonly #options: SchemaReplayOptions;
  #resolution: SchemaResolution | undefined;

  constructor(options: SchemaReplayOptions) {
    this.#options = options;
    this.#resolution = options.resolution;
  }

  async replay(occurrence: SchemaOccurrence): Promise<void> {
    const { mapper, registry, files, port } = this.#options;
    const { event, before, after, checkpoint } = occurrence;
    const decision = decideSchemaChange({
      effects: event.effects,
      selects: (id) => mapper.selects(id),
      run: (id) => registry.get(id),
      relation: (table) => this.#relation(table, occurrence.transaction),
    });
    await files.save(checkpoint.logOffset + 1n, after);
    for (const id of decision.completeFirst) {
      await this.#complete(id, before);
      await registry.update(id, { completed: true });
    }
    for (const id of decision.reload) await this.markReloading(id, before, event.statement.text);
    for (const id of decision.lowerLow) await registry.update(id, { low: checkpoint.position });
    await this.#execute(occurrence, decision);
    await this.#settle(decision, after);
    for (const effect of event.effects) await this.#count(effect);
    const touched = event.effects.map(labelOf).filter((label) => label !== undefined);
    port.event({ kind: 'SCHEMA_CHANGE', message: excerpt(event.statement.text), object: touched.join(', ') });
  }

  /** Empties a table whose copy has rows of an older shape, and makes it whole, so that what follows can be replayed on it. */
  async markReloading(id: TableId, structure: StructureHistory, cause: string): Promise<void> {
    const { registry, target, port } = this.#options;
    const run = registry.get(id);
    if (run === undefined) return;
    await target.structure.truncate(targetIdOf(run));
    await this.#complete(id, structure);
    await registry.update(id, { state: 'RELOADING', completed: true, low: undefined, high: undefined });
    port.event({
      kind: 'TABLE',
      object: tableLabel(id),
      message: `Altered while it was copied: it is copied again once the changes are applied. ${excerpt(cause)}`,
    });
  }

  #relation(table: TableRun, transaction: Position): CopyRelation {
    const { positions } = this.#options;
    if (table.state === 'RELOADING' || table.high === undefined) return 'after';
    if (table.low !== undefined && positions.covers(table.low as Position, transaction)) return 'before';
    return positions.covers(table.high as Position, transaction) ? 'within' : 'after';
  }

  async #complete(id: TableId, structure: StructureHistory): Promise<void> {
    const { registry, target, mapper } = this.#options;
    const run = registry.get(id);
    const table = structure.table(id);
    if (run === undefined || table === undefined || run.completed) return;
    await target.structure.completeTable({ source: table, id: targetIdOf(run) }, mapper);
  }

  async #execute(occurrence: SchemaOccurrence, decision: SchemaDecision): Promise<void> {
    const { target, mapper } = this.#options;
    const selects = (id: TableId) => mapper.selects(id) && !decision.leaveOut.has(tableKey(id));
    let statements = target.structure.plan(occurrence.event, mapper, selects);
    const resolution = this.#resolution;
    if (resolution?.action === 'SKIP') statements = [];
    else if (resolution?.action === 'REPLACE' && resolution.sql !== undefined) {
      statements = [{ ...occurrence.event.statement, database: '', text: resolution.sql }];
    }
    for (const [step, statement] of statements.entries()) await this.#once(occurrence, step, statement);
    if (resolution !== undefined) {
      this.#resolution = undefined;
      await this.#options.onResolved();
    }
  }

  async #once(occurrence: SchemaOccurrence, step: number, statement: SchemaStatement): Promise<void> {
    const { taskId, target, logger } = this.#options;
    const { checkpoint } = occurrence;
    const objects = objectsOf(occurrence.event.effects).map((id) => this.#options.mapper.table(id));
    const intent = checkpoint.intent?.logOffset === checkpoint.logOffset ? checkpoint.intent : undefined;
    if (intent !== undefined && step < intent.step) return;
    const now = await target.structure.fingerprint(objects);
    if (intent !== undefined && step === intent.step && intent.before !== now) {
      logger.info({ step }, 'schema change had taken effect before the restart');
      return;
    }
    await target.writeCheckpoint(taskId, {
      ...checkpoint,
      intent: { logOffset: checkpoint.logOffset, step, before: now },
    });
    try {
      await target.structure.execute(statement);
    } catch (error) {
      if (!(error instanceof DtsError) || error.retry !== 'never') throw error;
      const cause = reportOf(error);
      throw new DtsError('DDL_FAILED', `The target refused a schema change: ${cause.message}`, {
        cause: error,
        details: {
          ...cause.details,
          object: objects.map(tableLabel).join(', '),
          position: occurrence.transaction,
          statement: excerpt(statement.text),
        },
      });
    }
  }

  async #settle(decision: SchemaDecision, after: StructureHistory): Promise<void> {
    const { registry, mapper, port } = this.#options;
    for (const id of decision.emptied) {
      const completed = registry.get(id)?.completed ?? true;
      // COPIED without watermarks: nothing to wait for but its indexes.
      await registry.update(id, {
        state: completed ? 'REPLICATING' : 'COPIED',
        low: undefined,
        high: undefined,
      });
    }
    for (const id of decision.remove) await registry.remove(id);
    for (const database of decision.dropDatabases) {
      for (const run of registry.all()) if (run.database === database) await registry.remove(sourceIdOf(run));
    }
    for (const { from, to } of decision.rename) {
      const run = registry.get(from);
      if (run === undefined) continue;
      await registry.remove(from);
      await registry.add({ ...run, ...namesOf(to, mapper) });
    }
    for (const id of decision.add) {
      await registry.add(
        newTableRun(id, mapper, { keyless: isKeyless(after, id), state: 'REPLICATING', completed: true }),
      );
    }
    for (const id of decision.enter) {
      await registry.add(
        newTableRun(id, mapper, { keyless: isKeyless(after, id), state: 'RELOADING', completed: true }),
      );
      port.event({
        kind: 'TABLE',
        object: tableLabel(id),
        message: 'Came into the selection by a rename: it will be copied.',
      });
    }
  }

  async #count(effect: SchemaEffect): Promise<void> {
    const id = 'table' in effect ? effect.table : undefined;
    const run = id === undefined ? undefined : this.#options.registry.get(id);
    if (id !== undefined && run !== undefined)
      await this.#options.registry.update(id, { ddls: run.ddls + 1 });
  }
}

export function newTableRun(
  id: TableId,
  mapper: ObjectMapper,
  given: Pick<TableRun, 'keyless' | 'state' | 'completed'> & Partial<TableRun>,
): TableRun {
  return {
    ...namesOf(id, mapper),
    estimatedRows: 0,
    estimatedBytes: 0,
    rowsCopied: 0,
    bytesCopied: 0,
    inserts: 0,
    updates: 0,
    deletes: 0,
    ddls: 0,
    ...given,
  };
}

function namesOf(id: TableId, mapper: ObjectMapper) {
  const target = mapper.table(id);
  return { database: id.database, name: id.name, targetDatabase: target.database, targetName: target.name };
}

const isKeyless = (history: StructureHistory, id: TableId): boolean => {
  const table = history.table(id);
  return table !== undefined && identityOf(table) === undefined;
};

function objectsOf(effects: readonly SchemaEffect[]): TableId[] {
  return effects.flatMap((effect) => {
    if ('table' in effect) return [effect.table];
    if (effect.kind === 'rename-table') return [effect.from, effect.to];
    return 'object' in effect ? [effect.object] : [];
  });
}

function labelOf(effect: SchemaEffect): string | undefined {
  if ('table' in effect) return tableLabel(effect.table);
  if ('object' in effect) return tableLabel(effect.object);
  if (effect.kind === 'rename-table') return `${tableLabel(effect.from)} → ${tableLabel(effect.to)}`;
  return 'database' in effect ? effect.database : undefined;
}

const excerpt = (text: string) => (text.length > 300 ? `${text.slice(0, 300)} …` : text);
