import type { JsonObject } from '../values/value.ts';
import { bytesOf } from './kept-facts.ts';

/** What lives for one run, was opened, and is not closed yet. */
export interface OpenLease<C> {
  /** The ephemeral resource's name. */
  readonly type: string;
  readonly handle: JsonObject;
  /** Of the run that opened it; the process may serve another one by now. */
  readonly client: C;
}

/** What the CLI would have to close. It closes nothing where a plan fails, nor when it is killed. */
export class OpenLeases<C> {
  readonly #open = new Map<string, OpenLease<C>>();

  opened(lease: OpenLease<C>): void {
    this.#open.set(keyOf(lease.type, lease.handle), lease);
  }

  /** The CLI gives the new handle from now on. */
  renewed(type: string, handle: JsonObject, renewed: JsonObject): void {
    const lease = this.#open.get(keyOf(type, handle));
    if (lease === undefined) return;
    this.closed(type, handle);
    this.opened({ ...lease, handle: renewed });
  }

  closed(type: string, handle: JsonObject): void {
    this.#open.delete(keyOf(type, handle));
  }

  get left(): readonly OpenLease<C>[] {
    return [...this.#open.values()];
  }
}

const keyOf = (type: string, handle: JsonObject) => `${type} ${Buffer.from(bytesOf(handle)).toString()}`;
