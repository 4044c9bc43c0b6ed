import type { Audit, AuditEntry } from '../engine.ts';
import type { Store } from '../store/store.ts';

export class AuditService implements Audit {
  readonly #store: Store;

  constructor(options: { store: Store }) {
    this.#store = options.store;
  }

  record(entry: AuditEntry): void {
    this.#store.audit.append(entry);
  }

  list(options: {
    first: number;
    beforeSeq?: number | undefined;
  }): readonly (AuditEntry & { seq: number })[] {
    return this.#store.audit.list(options);
  }
}
