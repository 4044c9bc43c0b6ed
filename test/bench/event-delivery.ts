/** What listeners heard that is not what they were to hear, events counted over all listeners. */
export interface DeliveryFaults {
  readonly missed: number;
  /** Heard more often than once: each time too many. */
  readonly doubled: number;
  /** Heard after a later one for the first time. */
  readonly outOfOrder: number;
}

/** Holds what each listener heard against the history, both as numbers in the order in which they came. What came after the history's end counts too, but for `missed`. */
export function deliveryFaults(
  history: readonly string[],
  heard: readonly (readonly string[])[],
): DeliveryFaults {
  let [missed, doubled, outOfOrder] = [0, 0, 0];
  for (const seqs of heard) {
    const known = new Set<string>();
    let last = -1n;
    for (const seq of seqs) {
      if (known.has(seq)) doubled += 1;
      else if (BigInt(seq) < last) outOfOrder += 1;
      else last = BigInt(seq);
      known.add(seq);
    }
    missed += history.filter((seq) => !known.has(seq)).length;
  }
  return { missed, doubled, outOfOrder };
}
