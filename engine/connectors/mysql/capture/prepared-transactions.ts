import { DtsError } from '../../../core/errors.ts';
import type { TransactionId } from './progress.ts';

/** Most bytes of rows of prepared XA transactions that wait in memory for their end. */
const budgetBytes = 64 * 1024 * 1024;

interface Prepared {
  readonly xid: string;
  id: TransactionId | undefined;
  pieces: Uint8Array[];
  bytes: number;
}

/**
 * XA transactions between XA PREPARE and XA COMMIT. Kept in memory alone: the position does not count them until they end, so the
 * source sends them again after a restart.
 */
export class PreparedTransactions {
  readonly #waiting = new Map<string, Prepared>();
  #open: Prepared | undefined;
  #bytes = 0;

  start(xid: string): void {
    this.#open = { xid, id: undefined, pieces: [], bytes: 0 };
  }

  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  /** Copies a piece of the open XA transaction, if there is one: the sink owns the piece itself. */
  keep(piece: Uint8Array): void {
    const open = this.#open;
    if (!open) return;
    open.bytes += piece.length;
    // Beyond the budget it can only be committed in one phase.
    // A copy of its own: `slice` of a Buffer would share the memory that the sink gives back.
    if (open.bytes <= budgetBytes) open.pieces.push(new Uint8Array(piece));
    else open.pieces = [];
  }

  prepare(id: TransactionId | undefined): void {
    const open = this.#open;
    if (!open) return;
    this.#bytes += open.bytes;
    if (this.#bytes > budgetBytes) {
      throw new DtsError(
        'SOURCE_CONFIG',
        'Prepared XA transactions of the source hold more changes than can wait.',
        {
          remedy:
            'Commit or roll back the prepared XA transactions of the source (XA RECOVER) and keep them smaller.',
        },
      );
    }
    open.id = id;
    this.#waiting.set(open.xid, open);
  }

  take(xid: string): { id: TransactionId | undefined; pieces: readonly Uint8Array[] } | undefined {
    const found = this.#waiting.get(xid);
    if (!found) return undefined;
    this.#waiting.delete(xid);
    this.#bytes -= found.bytes;
    return found;
  }

  leave(): void {
    this.#open = undefined;
  }
}
