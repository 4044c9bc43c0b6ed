import type { RowsEvent } from '../../../engine/core/change.ts';
import {
  JsonPatch,
  type Row,
  type RowChange,
  type RowMemory,
  type UndecodedChange,
} from '../../../engine/core/row.ts';
import { keptRow } from '../../../engine/pipeline/apply/reduce/row-image.ts';

/** The event as a connector gives it that decodes late: those of its changes that hold all columns, or each second of them. */
export function asUndecoded(event: RowsEvent, which: 'all' | 'each second'): RowsEvent {
  const changes = event.changes.map((change, i) =>
    which === 'all' || i % 2 === 0 ? undecodedChange(change) : change,
  );
  return { ...event, changes };
}

function undecodedChange(change: RowChange): RowChange {
  const images = [change.before, change.after].filter((row) => row !== undefined);
  const isWhole = images.every((row) =>
    row.every((value) => value !== undefined && !(value instanceof JsonPatch)),
  );
  return isWhole ? { ...change, undecoded: new Undecoded(change) } : change;
}

class Undecoded implements UndecodedChange {
  readonly afterBytes = 40;
  #change: RowChange;

  constructor(change: RowChange) {
    this.#change = change;
  }

  get after(): Row | undefined {
    return this.#change.after;
  }

  beforePart(columns: readonly number[]): Row {
    return part(this.#change.before, columns);
  }

  afterPart(columns: readonly number[]): Row {
    return part(this.#change.after, columns);
  }

  keep(memory: RowMemory): void {
    const { after } = this.#change;
    if (after !== undefined) this.#change = { kind: 'insert', after: keptRow(after, memory) };
  }
}

const part = (row: Row | undefined, columns: readonly number[]): Row =>
  (row ?? []).map((value, column) => (columns.includes(column) ? value : undefined));
