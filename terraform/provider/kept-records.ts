import type { DatabasesState } from './resources/task/selection.ts';

/** A migration that is no longer at the service, as the state has it. */
export interface KeptTask {
  readonly id: string;
  readonly name: string;
  readonly source_id: string;
  readonly target_id: string;
  readonly status: string;
  readonly databases: DatabasesState;
}

/** The name that the API has for what the state calls so. */
export const finerState = (status: string): string => (status === 'finished' ? 'completed' : status);

/** What this process has seen in states and the service cannot tell any more. Both are noted before what refers to them asks. */
export class KeptRecords {
  readonly #tasks = new Map<string, KeptTask>();
  readonly #cutovers = new Set<string>();

  keepTask(task: KeptTask): void {
    this.#tasks.set(task.id, task);
  }

  /** By its id, or by a name that no other has. */
  task({ id, name }: { readonly id: string | null; readonly name: string | null }): KeptTask | undefined {
    if (id !== null) return this.#tasks.get(id);
    const named = [...this.#tasks.values()].filter((task) => task.name === name);
    return named.length === 1 ? named[0] : undefined;
  }

  /** A state holds the cutover of that task: it was made. */
  keepCutover(taskId: string): void {
    this.#cutovers.add(taskId);
  }

  hasCutover(taskId: string): boolean {
    return this.#cutovers.has(taskId);
  }
}
