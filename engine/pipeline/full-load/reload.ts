import type { Clock } from '../../core/clock.ts';
import type { Position, PositionOrder } from '../../core/position.ts';
import type { Source } from '../../core/source.ts';
import type { StructureHistory, StructureSnapshot } from '../../core/structure.ts';
import { isReadInRanges, type TableId, tableKey, tableLabel } from '../../core/table.ts';
import type { Target } from '../../core/target.ts';
import type { ObjectMapper } from '../../transform/mapping.ts';
import type { AppliedState } from '../apply/apply-stage.ts';
import { MarkReview } from '../mark-review.ts';
import { sourceIdOf, type TableRun, targetIdOf } from '../run/run-state.ts';
import type { TaskPort } from '../run/task-port.ts';
import type { StructureFiles } from '../schema/structure-file.ts';
import type { CascadeGroups } from '../tables/cascade-groups.ts';
import type { TableRegistry } from '../tables/table-registry.ts';

/** While the source is busy its structure is read no more often than this. */
const PATIENCE_MILLIS = 500;

/** A structure as read, and a position that holds every schema change which it shows. */
interface Reading {
  readonly tables: readonly TableId[];
  readonly snapshot: StructureSnapshot;
  readonly written: Position;
  readonly schemaChanges: number;
}

/**
 * Copies tables again that were altered while they were copied, that came into the selection, or that were set apart.
 *
 *     applied A ──── read the structure ──── written W ─ ─ ─ ▷ applied ≥ W
 *
 * What is read between A and W is the structure as of W, and of all after A, exactly when no schema change stands between. So it is
 * adopted once the apply has reached W without having met one; then the table is made anew and copied while the apply waits.
 */
export class Reloader {
  readonly #options: ReloadOptions;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #reading: Reading | undefined;
  readonly #review: MarkReview;

  constructor(options: ReloadOptions) {
    this.#options = options;
    this.#review = new MarkReview(options);
  }

  /** Called between groups, when the apply is near the source. */
  async attempt(state: AppliedState): Promise<void> {
    const { registry, clock, positions } = this.#options;
    const waiting = registry.reloading();
    if (waiting.length === 0) return;
    if (this.#reading?.schemaChanges !== state.schemaChanges) {
      if (!state.idle && clock.now() - this.#lookedAt < PATIENCE_MILLIS) return;
      this.#lookedAt = clock.now();
      this.#reading = await this.#read(waiting, state);
    }
    const reading = this.#reading;
    const isReached = () => positions.covers(state.position, this.#reading?.written ?? reading.written);
    const replace = (written: Position) => {
      this.#reading = { ...reading, written };
    };
    const awaited = { mark: reading.written, waiting: 'Tables to be copied again', replace };
    await this.#review.review(isReached() ? [] : [awaited], state.idle);
    if (!isReached() || !(await this.#isVisible(state.position))) return;
    const { snapshot, tables } = reading;
    this.#reading = undefined;
    const read = waiting.filter((run) => tables.some((id) => tableKey(id) === tableKey(sourceIdOf(run))));
    await this.#reload(read, snapshot, state);
  }

  /**
   * Whether reads that start now see all that was applied. What came by for the waiting tables was passed over, so the copy has to hold it;
   * but a transaction is in the log before it can be seen: with semi-synchronous replicas, for as long as these do not answer.
   */
  async #isVisible(applied: Position): Promise<boolean> {
    const { source, positions, retrying } = this.#options;
    return await retrying('watermark', async () => {
      const visible = await source.visiblePosition([]);
      const [kept = applied] = await source.withoutGivenUp([applied]);
      return positions.covers(visible, kept);
    });
  }

  async #read(waiting: readonly TableRun[], { schemaChanges }: AppliedState): Promise<Reading> {
    const { source, retrying } = this.#options;
    const databases = [...new Set(waiting.map(({ database }) => database))].map((name) => ({
      name,
      tables: waiting.filter(({ database }) => database === name).map((run) => ({ name: run.name })),
    }));
    return await retrying('schema', async () => ({
      tables: waiting.map(sourceIdOf),
      snapshot: await source.readStructure({ databases }),
      written: await source.writtenPosition(),
      schemaChanges,
    }));
  }

  async #reload(
    waiting: readonly TableRun[],
    snapshot: StructureSnapshot,
    state: AppliedState,
  ): Promise<void> {
    const { files, registry, target } = this.#options;
    const present = waiting.filter((run) => definitionOf(run, snapshot) !== undefined);
    const gone = waiting.filter((run) => run.detached && !present.includes(run));
    let history = state.history;
    for (const run of [...present, ...gone]) history = history.adopting(sourceIdOf(run), snapshot.history);
    const groupOf = this.#options.groups.of(history);
    const known = new Set(waiting.map((run) => tableKey(sourceIdOf(run))));
    if (present.some((run) => groupOf(sourceIdOf(run)).some((id) => !known.has(tableKey(id))))) {
      // The structure as read shows more tables that must be copied with these: all are read anew.
      await this.#options.bringInStep(history);
      return;
    }
    await files.save(state.offset, history);
    this.#options.adopt(history);
    // All of them before any is made: none can be made that lacks the index to which a foreign key of another still refers.
    for (const run of present) await target.structure.drop(targetIdOf(run));
    for (const run of present) await this.#rebuild(run, snapshot, groupOf(sourceIdOf(run)).length > 0);
    // The source has them no more, and no later change tells of it: that change was passed over.
    for (const run of gone) {
      await target.structure.drop(targetIdOf(run));
      await registry.remove(sourceIdOf(run));
    }
    const ready = present.flatMap((run) => registry.get(sourceIdOf(run)) ?? []);
    if (ready.length > 0) await this.#options.copy(ready, history);
  }

  async #rebuild(run: TableRun, snapshot: StructureSnapshot, together: boolean): Promise<void> {
    const { target, mapper, registry, port, retrying } = this.#options;
    const id = sourceIdOf(run);
    const definition = definitionOf(run, snapshot)!;
    const table = snapshot.history.table(id);
    await retrying('schema', async () => {
      await target.structure.drop(targetIdOf(run));
      await target.structure.createContainer(definition, mapper);
    });
    await port.clearChunks(id);
    const estimate = snapshot.estimates.get(tableKey(id));
    await registry.update(id, {
      state: 'PENDING',
      detached: undefined,
      keyless: table === undefined ? run.keyless : !isReadInRanges(table),
      together: together || undefined,
      completed: false,
      low: undefined,
      high: undefined,
      rowsCopied: 0,
      bytesCopied: 0,
      estimatedRows: estimate?.rows ?? 0,
      estimatedBytes: estimate?.bytes ?? 0,
    });
    port.event({ kind: 'TABLE', object: tableLabel(id), message: 'Copying it again.' });
  }
}

const definitionOf = (run: TableRun, snapshot: StructureSnapshot) =>
  snapshot.tables.find((candidate) => tableKey(candidate.id) === tableKey(sourceIdOf(run)));

export interface ReloadOptions {
  readonly source: Source;
  readonly target: Target;
  readonly mapper: ObjectMapper;
  readonly registry: TableRegistry;
  readonly groups: CascadeGroups;
  readonly positions: PositionOrder;
  readonly files: StructureFiles;
  /** Lets the apply go on with this structure. */
  readonly adopt: (history: StructureHistory) => void;
  /** Lets all tables of a group wait for their copy when some of them do. */
  readonly bringInStep: (history: StructureHistory) => Promise<void>;
  readonly port: TaskPort;
  readonly clock: Clock;
  readonly retrying: <T>(stage: string, work: () => Promise<T>) => Promise<T>;
  readonly copy: (tables: readonly TableRun[], history: StructureHistory) => Promise<void>;
}
