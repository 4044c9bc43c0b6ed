import type { Clock } from '../../core/clock.ts';

/** Captured transactions are kept apart by this much of commit time, so that their marks stay few. */
const GRAIN_MILLIS = 100;
const MOST_MARKS = 4096;
/** A source that has said nothing for this long, neither changes nor that it lives, may have moved on. */
const SILENT_MILLIS = 15_000;

interface CapturedMark {
  /** In the change log, behind the last transaction that the mark stands for. */
  offset: bigint;
  /** When the source committed the first of them, milliseconds. */
  readonly at: number;
}

/**
 * How far the target is behind the source. While something is captured and not applied, it is the age of the oldest such
 * transaction, so it grows with the clock; otherwise what the latest one took from commit to commit. While the source is not heard, it
 * is at least the time since it was.
 */
export class Lag {
  readonly #clock: Clock;
  readonly #marks: CapturedMark[] = [];
  #grain = GRAIN_MILLIS;
  #openSince: number | undefined;
  #heardAt: number;
  #lost = false;
  #applying = false;
  #measured: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#heardAt = clock.now();
  }

  /** From here on changes are applied: before, there is no lag to tell. */
  applying(): void {
    this.#applying = true;
  }

  /** The log holds what an earlier process captured: up to `offset`, the oldest committed at `atMillis` or later. */
  inherited(offset: bigint, atMillis: number): void {
    this.#marks.unshift({ offset, at: atMillis });
  }

  /** The source said something. */
  heard(): void {
    this.#heardAt = this.#clock.now();
    this.#lost = false;
  }

  /** The source is out of reach. */
  lost(): void {
    this.#lost = true;
  }

  /** A transaction is being captured: committed at the source, not yet in the log. */
  began(): void {
    this.heard();
    this.#openSince ??= this.#heardAt;
  }

  abandoned(): void {
    this.#openSince = undefined;
  }

  captured(offset: bigint, committedAtMillis: number): void {
    this.#openSince = undefined;
    const last = this.#marks.at(-1);
    if (last !== undefined && committedAtMillis - last.at < this.#grain) last.offset = offset;
    else this.#marks.push({ offset, at: committedAtMillis });
    if (this.#marks.length > MOST_MARKS) this.#thin();
  }

  /** All up to `offset` is at the target; `measuredMillis`: from commit to commit, of the last of it. */
  applied(offset: bigint, measuredMillis: number): void {
    this.#measured = Math.max(0, measuredMillis);
    const pending = this.#marks.findIndex((mark) => mark.offset > offset);
    this.#marks.splice(0, pending < 0 ? this.#marks.length : pending);
    if (this.#marks.length === 0) this.#grain = GRAIN_MILLIS;
  }

  /** Undefined before changes are applied. */
  get millis(): number | undefined {
    if (!this.#applying) return undefined;
    const now = this.#clock.now();
    const since = Math.min(
      this.#marks[0]?.at ?? Number.POSITIVE_INFINITY,
      this.#openSince ?? Number.POSITIVE_INFINITY,
    );
    const pending = since === Number.POSITIVE_INFINITY ? undefined : Math.max(0, now - since);
    const unheard = now - this.#heardAt;
    const silent = this.#lost || unheard > SILENT_MILLIS ? unheard : undefined;
    if (pending === undefined && silent === undefined) return this.#measured;
    return Math.max(pending ?? 0, silent ?? 0);
  }

  /** Half the marks, each standing for twice as much: a long backlog needs no better than seconds. */
  #thin(): void {
    this.#grain *= 2;
    for (let i = 0; i + 1 < this.#marks.length; i += 1) {
      this.#marks[i]!.offset = this.#marks[i + 1]!.offset;
      this.#marks.splice(i + 1, 1);
    }
  }
}
