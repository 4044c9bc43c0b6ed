import { corrupt } from './event.ts';

/**
 * What a query event tells about its session, numbers as logged. Absent: not logged, the server's default or a former version.
 * Format: Query_event in libs/mysql/binlog/event/statement_events.h; from 128 on MariaDB: sql/log_event.h.
 */
export interface StatusVariables {
  flags2?: number;
  sqlMode?: bigint;
  autoIncrementIncrement?: number;
  autoIncrementOffset?: number;
  /** Ids of collations. */
  client?: number;
  connection?: number;
  server?: number;
  database?: number;
  defaultForUtf8mb4?: number;
  timeZone?: string;
  /** Number of the locale. */
  timeNames?: number;
  updatedDatabases?: string[];
  /** Fraction of the statement's timestamp. */
  microseconds?: number;
  explicitDefaultsForTimestamp?: boolean;
  requirePrimaryKey?: boolean;
  /** MariaDB 11.3+: default collation of character sets, as pairs of ids. */
  characterSetCollations?: readonly (readonly [number, number])[];
}

/** Reads what it knows; an unknown variable has an unknown length, so the rest after it is left. */
export function statusVariables(bytes: Buffer, mariadb: boolean): StatusVariables {
  const found: StatusVariables = {};
  const cursor = new StatusCursor(bytes);
  while (cursor.more) {
    if (!readVariable(cursor.uint(1), cursor, found, mariadb)) break;
  }
  return found;
}

function readVariable(code: number, cursor: StatusCursor, found: StatusVariables, mariadb: boolean): boolean {
  switch (code) {
    case 0:
      found.flags2 = cursor.uint(4);
      return true;
    case 1:
      found.sqlMode = cursor.uint64();
      return true;
    case 2:
      cursor.text(cursor.uint(1) + 1);
      return true;
    case 3:
      found.autoIncrementIncrement = cursor.uint(2);
      found.autoIncrementOffset = cursor.uint(2);
      return true;
    case 4:
      found.client = cursor.uint(2);
      found.connection = cursor.uint(2);
      found.server = cursor.uint(2);
      return true;
    case 5:
      found.timeZone = cursor.text(cursor.uint(1));
      return true;
    case 6:
      cursor.text(cursor.uint(1));
      return true;
    case 7:
      found.timeNames = cursor.uint(2);
      return true;
    case 8:
      found.database = cursor.uint(2);
      return true;
    case 9:
    case 17:
      cursor.skip(8);
      return true;
    case 10:
      cursor.skip(4);
      return true;
    case 11:
      cursor.text(cursor.uint(1));
      cursor.text(cursor.uint(1));
      return true;
    case 12: {
      const count = cursor.uint(1);
      // 254: more databases than are named.
      if (count !== 254) found.updatedDatabases = Array.from({ length: count }, () => cursor.terminated());
      return true;
    }
    case 13:
    case 128:
      found.microseconds = cursor.uint(3);
      return true;
    case 16:
      found.explicitDefaultsForTimestamp = cursor.uint(1) !== 0;
      return true;
    case 18:
      found.defaultForUtf8mb4 = cursor.uint(2);
      return true;
    case 19:
      found.requirePrimaryKey = cursor.uint(1) !== 0;
      return true;
    case 20:
      cursor.skip(1);
      return true;
    case 129:
      cursor.skip(8);
      return true;
    case 131:
      if (!mariadb) return false;
      found.characterSetCollations = Array.from(
        { length: cursor.uint(1) },
        () => [cursor.uint(2), cursor.uint(2)] as const,
      );
      return true;
    default:
      return false;
  }
}

class StatusCursor {
  readonly #bytes: Buffer;
  #offset = 0;
  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get more(): boolean {
    return this.#offset < this.#bytes.length;
  }

  uint(size: number): number {
    this.skip(size);
    return this.#bytes.readUIntLE(this.#offset - size, size);
  }

  uint64(): bigint {
    this.skip(8);
    return this.#bytes.readBigUInt64LE(this.#offset - 8);
  }

  text(size: number): string {
    this.skip(size);
    return this.#bytes.toString('utf8', this.#offset - size, this.#offset);
  }

  terminated(): string {
    const end = this.#bytes.indexOf(0, this.#offset);
    const text = this.text((end < 0 ? this.#bytes.length : end) - this.#offset);
    this.skip(1);
    return text;
  }

  skip(size: number): void {
    this.#offset += size;
    if (this.#offset > this.#bytes.length) throw corrupt('the status of a statement is cut short');
  }
}
