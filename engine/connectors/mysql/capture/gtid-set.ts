/**
 * A MySQL GTID set: which transactions of which sources are contained. Text form as in @@gtid_executed, including the
 * tags of MySQL 8.3+: `uuid:1-5:8:tag_a:1-2,uuid2:3`. A (uuid, tag) pair is a source of its own.
 * Format: https://dev.mysql.com/doc/refman/8.4/en/replication-gtids-concepts.html
 */
export class GtidSet {
  /** Source key (`uuid` or `uuid:tag`) → intervals, sorted, disjoint, never touching. */
  readonly #sources = new Map<string, Interval[]>();
  #text: string | undefined;
  /** The interval that grew last, and the text around its end: a busy source makes the same interval longer and longer. */
  #growing: Interval | undefined;
  #around: readonly [before: string, after: string] | undefined;

  /** Throws RangeError when the text is no GTID set. Empty text is the empty set. */
  static parse(text: string): GtidSet {
    const set = new GtidSet();
    for (const block of text.replace(/\s/g, '').split(',')) {
      if (block === '') continue;
      const [uuid = '', ...items] = block.toLowerCase().split(':');
      if (!uuidPattern.test(uuid) || items.length === 0) throw new RangeError(`not a GTID set: ${text}`);
      let source = uuid;
      let open = true;
      for (const item of items) {
        const match = intervalPattern.exec(item);
        if (match) {
          const start = BigInt(match[1]!);
          const end = match[2] === undefined ? start : BigInt(match[2]);
          if (start < 1n || end < start) throw new RangeError(`not a GTID interval: ${item}`);
          set.#insert(source, start, end);
          open = false;
        } else if (tagPattern.test(item)) {
          source = `${uuid}:${item}`;
          open = true;
        } else throw new RangeError(`not a GTID set: ${text}`);
      }
      if (open) throw new RangeError(`not a GTID set: ${text}`);
    }
    return set;
  }

  get isEmpty(): boolean {
    return this.#sources.size === 0;
  }

  clone(): GtidSet {
    const copy = new GtidSet();
    for (const [source, intervals] of this.#sources) {
      copy.#sources.set(
        source,
        intervals.map(([start, end]) => [start, end]),
      );
    }
    return copy;
  }

  /** Adds one transaction. `source` is `uuid` or `uuid:tag` in lower case. */
  add(source: string, number: bigint): void {
    this.#text = undefined;
    const last = this.#sources.get(source)?.at(-1);
    // The usual case, without a search: the next number of a known source.
    if (last && last[1] + 1n === number) {
      last[1] = number;
      if (this.#growing !== last) this.#around = undefined;
      this.#growing = last;
    } else this.#insert(source, number, number);
  }

  has(source: string, number: bigint): boolean {
    return (this.#sources.get(source) ?? []).some(([start, end]) => start <= number && number <= end);
  }

  /** True when every transaction of `other` is in this set. */
  contains(other: GtidSet): boolean {
    for (const [source, intervals] of other.#sources) {
      const mine = this.#sources.get(source);
      if (!mine) return false;
      for (const [start, end] of intervals) {
        if (!mine.some((own) => own[0] <= start && end <= own[1])) return false;
      }
    }
    return true;
  }

  union(other: GtidSet): GtidSet {
    const result = this.clone();
    for (const [source, intervals] of other.#sources) {
      for (const [start, end] of intervals) result.#insert(source, start, end);
    }
    return result;
  }

  /** The transactions of this set that are not in `other`. */
  subtract(other: GtidSet): GtidSet {
    const result = new GtidSet();
    for (const [source, intervals] of this.#sources) {
      const removed = other.#sources.get(source) ?? [];
      for (const [start, end] of intervals) {
        let from = start;
        for (const cut of removed) {
          if (cut[1] < from || cut[0] > end) continue;
          if (cut[0] > from) result.#insert(source, from, cut[0] - 1n);
          from = cut[1] + 1n;
        }
        if (from <= end) result.#insert(source, from, end);
      }
    }
    return result;
  }

  /** Canonical: sources in order of their text, a uuid's tags merged into its block, numbers ascending. */
  toString(): string {
    if (this.#text !== undefined) return this.#text;
    if (this.#around === undefined) this.#around = this.#textAround();
    const [before, after] = this.#around;
    this.#text = this.#growing === undefined ? before : `${before}${this.#growing[1]}${after}`;
    return this.#text;
  }

  /** The text before and behind the end of the interval that grows; all of it before where none does. */
  #textAround(): [string, string] {
    const blocks = new Map<string, string[]>();
    for (const source of [...this.#sources.keys()].sort()) {
      const [uuid = '', tag] = source.split(':');
      const block = blocks.get(uuid) ?? [uuid];
      blocks.set(uuid, block);
      if (tag !== undefined) block.push(tag);
      for (const interval of this.#sources.get(source)!) {
        const [start, end] = interval;
        block.push(start === end ? `${start}` : `${start}-${interval === this.#growing ? '|' : end}`);
      }
    }
    const [before = '', after = ''] = [...blocks.values()]
      .map((block) => block.join(':'))
      .join(',')
      .split('|');
    return [before, after];
  }

  #insert(source: string, start: bigint, end: bigint): void {
    this.#text = undefined;
    this.#growing = undefined;
    this.#around = undefined;
    const old = this.#sources.get(source);
    if (!old) {
      this.#sources.set(source, [[start, end]]);
      return;
    }
    const merged: Interval = [start, end];
    const before: Interval[] = [];
    const after: Interval[] = [];
    for (const interval of old) {
      if (interval[1] + 1n < merged[0]) before.push(interval);
      else if (merged[1] + 1n < interval[0]) after.push(interval);
      else {
        if (interval[0] < merged[0]) merged[0] = interval[0];
        if (interval[1] > merged[1]) merged[1] = interval[1];
      }
    }
    this.#sources.set(source, [...before, merged, ...after]);
  }
}

/** First and last number, both contained. */
type Interval = [bigint, bigint];

const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const intervalPattern = /^(\d+)(?:-(\d+))?$/;
const tagPattern = /^[a-z_][a-z0-9_]{0,31}$/;
