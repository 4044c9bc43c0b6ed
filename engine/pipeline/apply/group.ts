import type { RowsEvent } from '../../core/change.ts';
import { type TableId, type TableKey, tableKey } from '../../core/table.ts';
import type { CommitRecord } from '../change-log/record-parser.ts';

interface Counted {
  readonly table: TableId;
  inserts: number;
  updates: number;
  deletes: number;
}

/** What is being gathered into the next target transaction: which source transactions, and what to count once it is committed. */
export class Group {
  transactions = 0;
  changes = 0;
  /** The end of the last whole source transaction in the group. */
  last: CommitRecord | undefined;
  readonly counted = new Map<TableKey, Counted>();

  count(event: RowsEvent): void {
    const key = tableKey(event.table.id);
    let entry = this.counted.get(key);
    if (entry === undefined) {
      entry = { table: event.table.id, inserts: 0, updates: 0, deletes: 0 };
      this.counted.set(key, entry);
    }
    for (const change of event.changes) {
      if (change.kind === 'insert') entry.inserts += 1;
      else if (change.kind === 'update') entry.updates += 1;
      else entry.deletes += 1;
    }
    this.changes += event.changes.length;
  }

  /** From now on nothing of it refers to the memory that it was read from. */
  settle(): void {
    if (this.last) this.last = { kind: 'commit', mark: this.last.mark, offset: this.last.offset };
  }

  closeTransaction(commit: CommitRecord): void {
    this.last = commit;
    this.transactions += 1;
  }
}
