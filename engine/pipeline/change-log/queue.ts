import { COPIED_PIECE_BYTES, type CommitMark } from '../../core/change.ts';
import type { Position } from '../../core/position.ts';
import { releaseMemory } from '../../core/release-memory.ts';
import { encodeMark, HEADER_BYTES, type RecordKind, recordKinds, writeHeader } from './record.ts';
import { TRANSACTION_BYTES, TransactionDraft } from './transaction-record.ts';

/** Memory that records are laid into one after the other. */
interface Slab {
  readonly bytes: Buffer;
  /** Behind the last record. */
  end: number;
  /** Runs of it that are not written yet. */
  waiting: number;
}

/** Whole records side by side, complete but for their checksums. */
export interface Run {
  readonly what: 'run';
  readonly slab: Slab;
  readonly from: number;
  to: number;
}

/** A record whose payload is written from where it is. */
export interface LargeRecord {
  readonly what: 'large';
  readonly kind: RecordKind;
  readonly payload: Uint8Array;
}

/** What is written of the open transaction is to be taken back. */
interface Abandon {
  readonly what: 'abandon';
}

export type Waiting = Run | LargeRecord | Abandon;

/** Where a transaction in several records begins. */
interface Begun {
  readonly waiting: Run | LargeRecord;
  /** In the run. */
  readonly at: number;
}

const SLAB_BYTES = 256 * 1024;
/** Slabs that are kept for the next records while the log is busy. */
const SPARE_SLABS = 8;

/** Records on their way to the writer, in order. A transaction that is small when it is committed is one record. */
export class WriteQueue {
  #waiting: Waiting[] = [];
  #bytes = 0;
  #slab: Slab = newSlab();
  #spare: Slab[] = [];
  #draft: TransactionDraft | undefined;
  /** The first record of the open transaction, where that is in several and has not been taken. */
  #begun: Begun | undefined;
  /** As it was when its run was taken. */
  #begunTaken: Begun | undefined;

  /** Bytes that wait. */
  get bytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  begin(name: Position): void {
    this.#makeRoom(TRANSACTION_BYTES);
    this.#draft = TransactionDraft.begin(this.#slab.bytes, this.#slab.end, name);
    if (this.#draft === undefined) this.#beginInParts(Buffer.from(name));
  }

  /** Copies the piece, unless it is larger than COPIED_PIECE_BYTES: then it becomes its owner. */
  piece(bytes: Uint8Array): void {
    if (this.#draft?.piece(bytes)) return;
    this.#leaveDraft();
    this.add(recordKinds.piece, bytes);
  }

  commit(mark: CommitMark): void {
    const end = this.#draft?.end(mark);
    if (end === undefined) {
      this.#leaveDraft();
      this.add(recordKinds.commit, encodeMark(mark));
    } else this.#grow(end);
    this.#draft = undefined;
    this.#begun = undefined;
  }

  /** A record of the open transaction, which then is in several, or one between transactions. Takes the payload as `piece` does. */
  add(kind: RecordKind, payload: Uint8Array): void {
    this.#leaveDraft();
    const { length } = payload;
    if (length > COPIED_PIECE_BYTES) {
      this.#waiting.push({ what: 'large', kind, payload });
      this.#bytes += HEADER_BYTES + length;
      return;
    }
    this.#makeRoom(HEADER_BYTES + length);
    const { bytes, end } = this.#slab;
    writeHeader(bytes, end, kind, length, 0);
    bytes.set(payload, end + HEADER_BYTES);
    this.#grow(end + HEADER_BYTES + length);
  }

  /** Takes back the open transaction as far as it waits here, and lets the writer take back the rest. */
  abandon(): void {
    if (this.#draft) {
      this.#draft = undefined;
      return;
    }
    const begun = this.#begun;
    this.#begun = undefined;
    const kept = begun === undefined ? 0 : this.#waiting.indexOf(begun.waiting);
    const head = begun?.waiting.what === 'run' ? begun.waiting : undefined;
    for (const dropped of this.#waiting.splice(head ? kept + 1 : kept)) {
      this.#bytes -= sizeOf(dropped);
      if (dropped.what === 'run') this.#leave(dropped.slab);
    }
    if (begun === undefined) {
      this.#waiting.push({ what: 'abandon' });
      return;
    }
    if (head === undefined) return;
    this.#bytes -= head.to - begun.at;
    head.to = begun.at;
  }

  /** The next in order, for the writer, which gives it to `written` when it is done. */
  take(): Waiting | undefined {
    const next = this.#waiting.shift();
    this.#begunTaken = next !== undefined && next === this.#begun?.waiting ? this.#begun : undefined;
    if (this.#begunTaken) this.#begun = undefined;
    return next;
  }

  /** The end of the run that was just taken goes back: it is to be written later. */
  putBack(run: Run, from: number): void {
    if (from === run.to) return;
    run.slab.waiting += 1;
    const rest: Run = { what: 'run', slab: run.slab, from, to: run.to };
    this.#waiting.unshift(rest);
    run.to = from;
    const begun = this.#begunTaken;
    if (begun && begun.at >= from) this.#begun = { waiting: rest, at: begun.at };
  }

  putBackWhole(waiting: Waiting): void {
    this.#waiting.unshift(waiting);
  }

  written(done: Waiting): void {
    this.#bytes -= sizeOf(done);
    if (done.what === 'run') this.#leave(done.slab);
    else if (done.what === 'large') releaseMemory(done.payload);
  }

  /** Nothing waits and nothing is likely to come at once. */
  rest(): void {
    for (const { bytes } of this.#spare.splice(0)) releaseMemory(bytes, 0);
  }

  clear(): void {
    this.#waiting = [];
    this.#bytes = 0;
    this.#begun = undefined;
    this.#draft = undefined;
  }

  #beginInParts(name: Uint8Array): void {
    this.add(recordKinds.begin, name);
    const waiting = this.#waiting.at(-1);
    if (waiting === undefined || waiting.what === 'abandon') return;
    const at = waiting.what === 'run' ? waiting.to - HEADER_BYTES - name.length : 0;
    this.#begun = { waiting, at };
  }

  /** The open transaction grew beyond one record. */
  #leaveDraft(): void {
    const draft = this.#draft;
    if (draft === undefined) return;
    this.#draft = undefined;
    // Its bytes stand where the records go.
    const name = new Uint8Array(draft.name);
    const pieces = draft.pieces();
    this.#beginInParts(name);
    for (const piece of pieces) this.add(recordKinds.piece, piece);
  }

  #makeRoom(bytes: number): void {
    const { end } = this.#slab;
    if (end + bytes <= this.#slab.bytes.length) return;
    const full = this.#slab;
    this.#slab = this.#spare.pop() ?? newSlab();
    if (full.waiting === 0) this.#keep(full);
  }

  #grow(end: number): void {
    const slab = this.#slab;
    const last = this.#waiting.at(-1);
    if (last?.what === 'run' && last.slab === slab && last.to === slab.end) last.to = end;
    else {
      slab.waiting += 1;
      this.#waiting.push({ what: 'run', slab, from: slab.end, to: end });
    }
    this.#bytes += end - slab.end;
    slab.end = end;
  }

  #leave(slab: Slab): void {
    slab.waiting -= 1;
    if (slab.waiting > 0) return;
    if (slab !== this.#slab) this.#keep(slab);
    // A draft stands behind the last record.
    else if (this.#draft === undefined) slab.end = 0;
  }

  #keep(slab: Slab): void {
    slab.end = 0;
    if (this.#spare.length < SPARE_SLABS) this.#spare.push(slab);
    else releaseMemory(slab.bytes, 0);
  }
}

export function sizeOf(waiting: Waiting): number {
  if (waiting.what === 'run') return waiting.to - waiting.from;
  return waiting.what === 'large' ? HEADER_BYTES + waiting.payload.length : 0;
}

function newSlab(): Slab {
  return { bytes: Buffer.allocUnsafeSlow(SLAB_BYTES), end: 0, waiting: 0 };
}
