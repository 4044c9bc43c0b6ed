import type { SchemaEffect, SchemaEvent, SchemaStatement } from '../../core/change.ts';
import { DtsError, reportOf } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { Position, PositionOrder } from '../../core/position.ts';
import type { StructureHistory } from '../../core/structure.ts';
import { isReadInRanges, type TableId, tableKey, tableLabel } from '../../core/table.ts';
import { type Checkpoint, type SchemaIntent, showsIdentity, type Target } from '../../core/target.ts';
import type { ObjectMapper } from '../../transform/mapping.ts';
import { sourceIdOf, type TableRun, targetIdOf } from '../run/run-state.ts';
import type { TaskPort } from '../run/task-port.ts';
import type { CascadeGroups } from '../tables/cascade-groups.ts';
import { parentsAtTarget } from '../tables/cascades.ts';
import type { TableRegistry } from '../tables/table-registry.ts';
import type { DeferredViews } from './deferred-views.ts';
import { warnOfDefiners } from './definer-warning.ts';
import { type CopyRelation, decideSchemaChange, type SchemaDecision } from './schema-decision.ts';
import type { Resolutions } from './schema-resolution.ts';
import type { StructureFiles } from './structure-file.ts';

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
  readonly groups: CascadeGroups;
  readonly mapper: ObjectMapper;
  readonly positions: PositionOrder;
  readonly files: StructureFiles;
  readonly port: TaskPort;
  readonly logger: Logger;
  readonly resolutions: Resolutions;
  readonly deferred: DeferredViews;
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

  constructor(options: SchemaReplayOptions) {
    this.#options = options;
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
    // After a crash, with names already moved: what comes before that is done, and names mean other tables now.
    if (!registry.isRenamed(renameMark(checkpoint))) {
      for (const id of decision.completeFirst) {
        await this.#complete(id, before);
        await registry.update(id, { completed: true });
      }
      for (const id of decision.reload) await this.markReloading(id, before, event.statement.text);
      for (const id of decision.lowerLow) await registry.update(id, { low: checkpoint.position });
      await this.#execute(occurrence, decision);
    }
    await this.#settle(decision, occurrence);
    await this.bringInStep(after, occurrence.transaction);
    for (const effect of event.effects) await this.#count(effect);
    if (event.effects.every(({ kind }) => kind === 'none')) return;
    const touched = event.effects.map(labelOf).filter((label) => label !== undefined);
    port.event({ kind: 'SCHEMA_CHANGE', message: excerpt(event.statement.text), object: touched.join(', ') });
  }

  /**
   * Empties a table whose copy has rows of an older shape, and makes it whole, so that what follows can be replayed on it. The tables
   * that must be copied with it share its fate.
   */
  async markReloading(id: TableId, structure: StructureHistory, cause: string): Promise<void> {
    await this.#empty(id, structure, cause);
    await this.bringInStep(structure);
  }

  /** Lets tables wait to be copied again that others of their group wait for; `at`: see CascadeGroups. */
  async bringInStep(structure: StructureHistory, at?: Position): Promise<void> {
    for (const id of this.#options.groups.outOfStep(structure, at))
      await this.#empty(id, structure, 'Its foreign keys join it to a table that is copied again.');
  }

  async #empty(id: TableId, structure: StructureHistory, cause: string): Promise<void> {
    const { registry, target, port } = this.#options;
    const run = registry.get(id);
    if (run === undefined || run.state === 'RELOADING') return;
    await target.structure.truncate(targetIdOf(run));
    await this.#complete(id, structure);
    await registry.update(id, { state: 'RELOADING', completed: true, low: undefined, high: undefined });
    port.event({
      kind: 'TABLE',
      object: tableLabel(id),
      message: `Changed while it was copied: it is copied again once the changes are applied. ${excerpt(cause)}`,
    });
  }

  /** Sets tables apart, whatever is known of them and whatever the target has, to be copied with the structure that the source has then. */
  async setApart(ids: readonly TableId[], history: StructureHistory): Promise<void> {
    for (const id of ids) await this.#detach(id, history, 'Set apart as asked: it will be copied again.');
    await this.bringInStep(history);
  }

  async #detach(id: TableId, history: StructureHistory, message: string): Promise<void> {
    const { registry, mapper, target, port } = this.#options;
    await target.structure.hold(mapper.table(id));
    const run =
      registry.get(id) ??
      newTableRun(id, mapper, { keyless: isKeyless(history, id), state: 'RELOADING', completed: true });
    await registry.add({
      ...run,
      state: 'RELOADING',
      detached: true,
      completed: true,
      low: undefined,
      high: undefined,
    });
    port.event({ kind: 'TABLE', object: tableLabel(id), message });
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
    const parents = parentsAtTarget(table, structure, (parent) => registry.targetOf(parent));
    await target.structure.completeTable({ source: table, id: targetIdOf(run) }, mapper, parents);
  }

  async #execute(occurrence: SchemaOccurrence, decision: SchemaDecision): Promise<void> {
    const { mapper, resolutions } = this.#options;
    const { event, checkpoint, transaction } = occurrence;
    const resolution = resolutions.about(transaction);
    if (resolution?.action === 'SKIP') return;
    if (resolution?.action === 'REPLACE' && resolution.code !== 'DDL_NOT_UNDERSTOOD') {
      const { database } = event.statement;
      const own = {
        database: mapper.touchesDatabase(database) ? mapper.database(database) : '',
        text: resolution.sql ?? '',
      };
      await this.#once(occurrence, intentOf(checkpoint)?.step ?? 0, { ...event.statement, ...own });
      return;
    }
    const { deferred } = this.#options;
    const views = event.effects.flatMap((effect) => (effect.kind === 'view' ? [effect.object] : []));
    for (const [step, statement] of this.#plan(occurrence, decision).entries()) {
      const later = { at: `${checkpoint.logOffset}/${step}`, statement, views };
      if (views.length > 0 && deferred.waits) {
        await deferred.add(later);
        continue;
      }
      try {
        await this.#once(occurrence, step, statement);
      } catch (error) {
        if (deferred.explains(error, event.effects)) {
          await deferred.add(later);
          continue;
        }
        if (resolution?.action !== 'RELOAD' || !isRefused(error)) throw error;
        this.#options.port.event({
          kind: 'WARNING',
          message: `Left out: ${error.message}`,
          error: reportOf(error),
        });
      }
    }
  }

  #plan({ event, transaction }: SchemaOccurrence, decision: SchemaDecision): readonly SchemaStatement[] {
    const { target, mapper, resolutions } = this.#options;
    const selects = (id: TableId) => mapper.selects(id) && !decision.leaveOut.has(tableKey(id));
    try {
      return target.structure.plan(event, mapper, selects);
    } catch (error) {
      if (resolutions.passesOver(error, transaction)) return [];
      throw error;
    }
  }

  async #once(occurrence: SchemaOccurrence, step: number, statement: SchemaStatement): Promise<void> {
    const { taskId, target, logger, port } = this.#options;
    const { checkpoint } = occurrence;
    const objects = objectsOf(occurrence.event.effects).map((id) => this.#options.mapper.table(id));
    const intent = intentOf(checkpoint);
    if (intent !== undefined && step < intent.step) return;
    const identity = !isRepeatable(occurrence.event.effects);
    const now = await target.structure.fingerprint(objects, { owner: taskId, identity });
    if (intent !== undefined && step === intent.step && intent.before !== REFUSED) {
      if (intent.before !== now) {
        logger.info({ step }, 'schema change had taken effect before the restart');
        return;
      }
      const decided = this.#options.resolutions.about(occurrence.transaction)?.code === 'DDL_OUTCOME_UNKNOWN';
      if (identity && !showsIdentity(now) && !decided) throw this.#unknownOutcome(occurrence, statement);
    }
    const begun = { logOffset: checkpoint.logOffset, step };
    await target.writeCheckpoint(taskId, { ...checkpoint, intent: { ...begun, before: now } });
    try {
      const actsFor = await target.structure.execute(statement, taskId);
      if (actsFor === 'endpoint user')
        warnOfDefiners(port, objectsOf(occurrence.event.effects).map(tableLabel));
    } catch (error) {
      if (!isRefused(error)) throw error;
      // The server said that it did nothing: whatever is repaired at the target until the next attempt must not pass for its effect.
      await target.writeCheckpoint(taskId, { ...checkpoint, intent: { ...begun, before: REFUSED } });
      throw this.#failure(error, occurrence, statement);
    }
  }

  #failure(error: DtsError, occurrence: SchemaOccurrence, statement: SchemaStatement): DtsError {
    const cause = reportOf(error);
    return new DtsError('DDL_FAILED', `The target refused a schema change: ${cause.message}`, {
      cause: error,
      details: { ...cause.details, ...this.#place(occurrence, statement) },
    });
  }

  #unknownOutcome(occurrence: SchemaOccurrence, statement: SchemaStatement): DtsError {
    return new DtsError(
      'DDL_OUTCOME_UNKNOWN',
      'A schema change was under way when the service stopped, and its objects look alike before and after.',
      {
        details: this.#place(occurrence, statement),
      },
    );
  }

  #place({ event, transaction }: SchemaOccurrence, statement: SchemaStatement) {
    return {
      object: objectsOf(event.effects).map(tableLabel).join(', '),
      position: this.#options.positions.describe(transaction),
      statement: excerpt(statement.text),
    };
  }

  async #settle(decision: SchemaDecision, { after, checkpoint }: SchemaOccurrence): Promise<void> {
    const { registry, mapper, target } = this.#options;
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
      // ALTER TABLE … RENAME of one that is set apart was left out whole: its place moves alone.
      if (!decision.leaveOut.has(tableKey(from)) || !registry.get(from)?.detached) continue;
      await target.structure.drop(mapper.table(from));
      await target.structure.hold(mapper.table(to));
    }
    const at = renameMark(checkpoint);
    await registry.rename({ pairs: decision.rename, at, namesOf: (to) => namesOf(to, mapper) });
    const whole = { state: 'REPLICATING', completed: true } as const;
    // Without watermarks, as above.
    const incomplete = { state: 'COPIED', completed: false } as const;
    for (const [ids, given] of [
      [decision.add, whole],
      [decision.addIncomplete, incomplete],
    ] as const) {
      for (const id of ids) {
        // One that the user wants copied stays set apart.
        if (registry.get(id)?.detached) continue;
        await registry.add(newTableRun(id, mapper, { keyless: isKeyless(after, id), ...given }));
      }
    }
    for (const id of decision.enter) {
      await registry.remove(id);
      await this.#detach(id, after, 'Came into the selection: it will be copied.');
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

const renameMark = ({ logOffset }: Checkpoint): string => logOffset.toString();

const REFUSED = 'refused';

const isRefused = (error: unknown): error is DtsError => error instanceof DtsError && error.retry === 'never';

/** The schema change that was begun after all that the checkpoint covers. */
export const intentOf = (checkpoint: Checkpoint): SchemaIntent | undefined =>
  checkpoint.intent?.logOffset === checkpoint.logOffset ? checkpoint.intent : undefined;

/** True when running the statement twice leaves what running it once leaves, though its objects look alike before and after. */
function isRepeatable(effects: readonly SchemaEffect[]): boolean {
  const altered = new Set(effects.flatMap((e) => (e.kind === 'alter-table' ? [tableKey(e.table)] : [])));
  const renames = effects.flatMap((effect) => (effect.kind === 'rename-table' ? [effect] : []));
  const vacated = new Set(renames.map(({ from }) => tableKey(from)));
  // Rows that two tables exchange and names that turn in a circle come back by a repetition.
  return altered.size < 2 && !renames.some(({ to }) => vacated.has(tableKey(to)));
}

const isKeyless = (history: StructureHistory, id: TableId): boolean => {
  const table = history.table(id);
  return table !== undefined && !isReadInRanges(table);
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
