import type { RowsEvent } from '../../../core/change.ts';
import { DtsError } from '../../../core/errors.ts';
import type { Row } from '../../../core/row.ts';
import { identityOf, type TableId, tableLabel } from '../../../core/table.ts';
import { isWhole, laterRow, writableColumns } from './row-image.ts';
import { sameValue } from './row-key.ts';

/**
 * True when a row gets another identity and its image lacks columns. Over a copy that may be younger this cannot be repeated: the
 * row that the target has under the old identity may be another one already, and nobody can tell what the moved row holds.
 */
export function movesRowsInPart({ table, changes }: RowsEvent): boolean {
  const identity = identityOf(table);
  if (identity === undefined) return false;
  const writable = writableColumns(table);
  return changes.some(
    (change) =>
      change.kind === 'update' &&
      // An undecoded change holds all columns.
      change.undecoded === undefined &&
      movesIdentity(change.before, change.after, identity) &&
      !isWhole(laterRow(change.before, change.after), writable),
  );
}

const movesIdentity = (before: Row, after: Row, identity: readonly number[]): boolean =>
  identity.some((column) => after[column] !== undefined && !sameValue(before[column], after[column]));

/** Ends an attempt of the apply: the table has to be copied again. */
export class CopyUnfitError extends DtsError {
  readonly table: TableId;

  constructor(table: TableId) {
    super('SOURCE_TABLE_CHANGED', `Keys of ${tableLabel(table)} changed under its copy, told in part only.`);
    this.table = table;
  }
}
