import type { SchemaEffect } from '../../core/change.ts';
import { DtsError, reportOf } from '../../core/errors.ts';
import { tableLabel } from '../../core/table.ts';
import type { Target } from '../../core/target.ts';
import type { ObjectMapper } from '../../transform/mapping.ts';
import type { DeferredStatement, RunState } from '../run/run-state.ts';
import type { TaskPort } from '../run/task-port.ts';
import type { TableRegistry } from '../tables/table-registry.ts';
import { warnOfDefiners } from './definer-warning.ts';

/**
 * Views on tables that wait for their copy. Of such a table the target has an empty place only, so the target refuses them: they and
 * what happens to views after them wait, in order, until no table is set apart any more.
 */
export class DeferredViews {
  readonly #options: DeferredViewsOptions;

  constructor(options: DeferredViewsOptions) {
    this.#options = options;
  }

  /** True when a statement about views must wait behind others. */
  get waits(): boolean {
    return this.#list.length > 0;
  }

  /** True when this failure of a statement may come of a table that is not there yet. */
  explains(error: unknown, effects: readonly SchemaEffect[]): boolean {
    const ofViews = effects.every(({ kind }) => kind === 'view');
    return ofViews && error instanceof DtsError && error.retry === 'never' && this.#someSetApart();
  }

  async add(statement: DeferredStatement): Promise<void> {
    // After a crash the same change comes again.
    if (this.#list.some(({ at }) => at === statement.at)) return;
    await this.#options.save([...this.#list, statement]);
    this.#options.port.event({
      kind: 'WARNING',
      message: `Waits until the tables that are copied again are there: ${statement.statement.text.slice(0, 300)}`,
    });
  }

  /** Runs what waited once all tables are there. What is refused even then is told and left out. */
  async run(): Promise<void> {
    if (!this.waits || this.#someSetApart()) return;
    for (;;) {
      const [next, ...rest] = this.#list;
      if (next === undefined) return;
      await this.#runOne(next, rest);
      await this.#options.save(rest);
    }
  }

  async #runOne(next: DeferredStatement, rest: readonly DeferredStatement[]): Promise<void> {
    const { taskId, target, mapper, port, retrying } = this.#options;
    const objects = next.views.map((id) => mapper.table(id));
    const now = await target.structure.fingerprint(objects, { owner: taskId });
    // Taken before: a crash came between the statement and the note of it.
    if (next.before !== undefined && next.before !== now) return;
    await this.#options.save([{ ...next, before: now }, ...rest]);
    try {
      const actsFor = await retrying('schema', () => target.structure.execute(next.statement, taskId));
      if (actsFor === 'endpoint user') warnOfDefiners(port, next.views.map(tableLabel));
    } catch (error) {
      if (!(error instanceof DtsError) || error.retry !== 'never') throw error;
      port.event({
        kind: 'WARNING',
        object: next.views.map(tableLabel).join(', '),
        message: `A view could not be made at the target: ${error.message}`,
        error: reportOf(error),
      });
    }
  }

  get #list(): readonly DeferredStatement[] {
    return this.#options.run().deferred ?? [];
  }

  #someSetApart(): boolean {
    return this.#options.registry.all().some(({ detached }) => detached);
  }
}

export interface DeferredViewsOptions {
  readonly taskId: string;
  readonly target: Target;
  readonly mapper: ObjectMapper;
  readonly registry: TableRegistry;
  readonly port: TaskPort;
  readonly retrying: <T>(stage: string, work: () => Promise<T>) => Promise<T>;
  readonly run: () => RunState;
  /** Resolves when the store has the list. */
  readonly save: (deferred: readonly DeferredStatement[]) => Promise<void>;
}
