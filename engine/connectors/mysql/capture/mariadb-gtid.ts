/**
 * A MariaDB GTID position: the last transaction of each replication domain, `0-1-100,1-2-7` (domain-server-sequence).
 * Sequence numbers grow within a domain, so a position contains all transactions of a domain up to its number.
 * Format: https://mariadb.com/kb/en/gtid/
 */
export class MariadbGtidPosition {
  readonly #domains = new Map<number, { server: number; sequence: bigint }>();

  /** Throws RangeError when the text is no position. Of several GTIDs of one domain the greatest counts (binlog state). */
  static parse(text: string): MariadbGtidPosition {
    const position = new MariadbGtidPosition();
    for (const item of text.replace(/\s/g, '').split(',')) {
      if (item === '') continue;
      const match = /^(\d+)-(\d+)-(\d+)$/.exec(item);
      if (!match) throw new RangeError(`not a GTID position: ${text}`);
      const sequence = BigInt(match[3]!);
      const known = position.#domains.get(Number(match[1]));
      if (!known || known.sequence < sequence) position.set(Number(match[1]), Number(match[2]), sequence);
    }
    return position;
  }

  set(domain: number, server: number, sequence: bigint): void {
    this.#domains.set(domain, { server, sequence });
  }

  get isEmpty(): boolean {
    return this.#domains.size === 0;
  }

  clone(): MariadbGtidPosition {
    const copy = new MariadbGtidPosition();
    for (const [domain, { server, sequence }] of this.#domains) copy.set(domain, server, sequence);
    return copy;
  }

  contains(other: MariadbGtidPosition): boolean {
    for (const [domain, { sequence }] of other.#domains) {
      const mine = this.#domains.get(domain);
      if ((mine?.sequence ?? 0n) < sequence) return false;
    }
    return true;
  }

  toString(): string {
    return [...this.#domains]
      .sort(([a], [b]) => a - b)
      .map(([domain, { server, sequence }]) => `${domain}-${server}-${sequence}`)
      .join(',');
  }
}
