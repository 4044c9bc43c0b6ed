/** `held`: a state holds it, or it was made here. `adopted`: an address took it over. `deleted`: its deletion has ended, in whatever way. */
export type Standing = 'held' | 'adopted' | 'leaving' | 'deleted';

/**
 * A task that nothing may take the place of. `abandoned`: it stays when its state lets it go. `under way`: a state holds it, and no plan
 * has begun with that state. `copied`: its target lives on without it.
 */
export interface Keeper {
  readonly id: string;
  readonly name: string;
  readonly why: 'abandoned' | 'under way' | 'copied';
}

/**
 * What this process knows and has done of objects of the service, by their ids. A process lives for one walk of the CLI, its plan or
 * its apply, and serves all addresses of one provider block.
 *
 * The law: an object that was left behind is taken over by at most one address, and by none once the process has made it, seen it
 * in a state or begun to delete it. What was taken over is not deleted for another address, which has lost it to the new one.
 */
export class Ownership {
  readonly #standings = new Map<string, Standing>();
  readonly #turns = new Map<string, Promise<unknown>>();
  readonly #used = new Set<string>();
  readonly #plans = new Map<string, Set<'create' | 'destroy'>>();
  readonly #keepers = new Map<string, Keeper>();
  readonly #planned = new Set<string>();
  readonly #missing = new Set<string>();
  readonly #renaming = new Map<string, string>();

  standing(id: string): Standing | undefined {
    return this.#standings.get(id);
  }

  /** It was made here, or a state holds it. */
  hold(id: string): void {
    if (!this.#standings.has(id)) this.#standings.set(id, 'held');
  }

  /** Takes it over for an address; false when the law forbids it. */
  adopt(id: string): boolean {
    if (this.#standings.has(id)) return false;
    this.#standings.set(id, 'adopted');
    return true;
  }

  /** Deletes it by `work`; false, and nothing is done, when another address has taken it over. */
  async remove(id: string, work: () => Promise<void>): Promise<boolean> {
    if (this.#standings.get(id) === 'adopted') return false;
    this.#standings.set(id, 'leaving');
    try {
      await work();
    } finally {
      this.#standings.set(id, 'deleted');
    }
    return true;
  }

  /** Whether anything is being deleted: what the deleted used may be deleted next. */
  get isRemoving(): boolean {
    return [...this.#standings.values()].includes('leaving');
  }

  /** Gives it another name by `work`. */
  async renaming<T>(id: string, name: string, work: () => Promise<T>): Promise<T> {
    this.#renaming.set(id, name);
    try {
      return await work();
    } finally {
      this.#renaming.delete(id);
    }
  }

  /** The name that it is about to get. */
  nextName(id: string): string | undefined {
    return this.#renaming.get(id);
  }

  /** Something that is no longer managed goes on at the service, and needs these. */
  leave(used: readonly string[]): void {
    for (const id of used) this.#used.add(id);
  }

  /** Whether what was left at the service needs it. */
  isLeftInUse(id: string): boolean {
    return this.#used.has(id);
  }

  /**
   * Tells under which name it has to stay, and why; undefined: it has not. Terraform reads what it removes after it has planned that: then
   * only what the read has found out counts, and that it is under way does not.
   */
  keepsName(id: string, kept: Omit<Keeper, 'id'> | undefined, by: 'read' | 'plan'): void {
    if (by === 'plan') this.#planned.add(id);
    else if (this.#planned.has(id) && (kept === undefined || kept.why === 'under way')) return;
    if (kept === undefined) this.#keepers.delete(id);
    else this.#keepers.set(id, { id, ...kept });
  }

  /** What has to stay under that name, so that no other is to be made there. */
  keeperOf(name: string): Keeper | undefined {
    return [...this.#keepers.values()].find((keeper) => keeper.name === name);
  }

  /** A state held a task of that name, which is no longer at the service. */
  miss(name: string): void {
    this.#missing.add(name);
  }

  isMissing(name: string): boolean {
    return this.#missing.has(name);
  }

  /** Makes objects of one name one after the other: what is on its way is not taken for something that was left behind. */
  async inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    this.#plans.delete(name); // it is being done
    const turn = (this.#turns.get(name) ?? Promise.resolve()).then(work);
    this.#turns.set(
      name,
      turn.catch(() => {}),
    );
    return await turn;
  }

  /** Notes what is planned under a name; true once both are: most likely a block was renamed. */
  plans(change: 'create' | 'destroy', name: string): boolean {
    const planned = this.#plans.get(name) ?? new Set();
    this.#plans.set(name, planned.add(change));
    return planned.size === 2;
  }
}
