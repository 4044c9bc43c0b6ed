/** A figure under a load counts only when the load was there. */
export function requireRate(when: string, reached: number, wanted: number, leastShare: number): void {
  if (reached >= wanted * leastShare) return;
  throw new Error(
    `${when} the source took ${reached.toFixed(0)} of ${wanted} transactions/s, less than ${leastShare * 100} %: no figure`,
  );
}

/** One write of a steady load, by the clock of its writer, milliseconds. */
export interface Write {
  /** When it was its turn: what it waited since then is counted, so that nothing is left out while the source is slow. */
  readonly due: number;
  readonly answered: number;
}

export interface WritesOfWindow {
  /** Answered per second of the window. */
  readonly perSecond: number;
  /** What each write took whose turn was in the window, milliseconds. */
  readonly taken: readonly number[];
}

/** What the writes say of the time [from, to) alone, whatever there was before and after it. */
export function writesOf(writes: readonly Write[], from: number, to: number): WritesOfWindow {
  const inside = (time: number) => time >= from && time < to;
  return {
    perSecond: writes.filter(({ answered }) => inside(answered)).length / ((to - from) / 1000),
    taken: writes.filter(({ due }) => inside(due)).map(({ due, answered }) => answered - due),
  };
}
