import { DtsError } from '../../core/errors.ts';
import type { Position, PositionOrder, PositionRelation } from '../../core/position.ts';
import { GtidSet } from './capture/gtid-set.ts';
import { MariadbGtidPosition } from './capture/mariadb-gtid.ts';

/** A place in a binary log. With `gtid` it stays good on every server of the topology; without, on `serverUuid` alone. */
export interface BinlogPosition {
  readonly flavour: 'mysql' | 'mariadb';
  /** MySQL (gtid_mode=ON): executed GTID set; MariaDB: GTID position. Absent: file and offset decide. */
  readonly gtid?: string | undefined;
  /** Name of the binary log file and byte offset of the next event in it. */
  readonly file: string;
  readonly offset: number;
  /** Server whose files these are; empty where servers have none (MariaDB). */
  readonly serverUuid: string;
}

/** Text: JSON with the fields of BinlogPosition, keys in fixed order, so that equal positions are equal texts. */
export function formatPosition(position: BinlogPosition): Position {
  const { flavour, gtid, file, offset, serverUuid } = position;
  return JSON.stringify({ flavour, gtid, file, offset, serverUuid }) as Position;
}

/**
 * As formatPosition, for many positions of one reader: each costs a joining of texts. `gtid` holds nothing that JSON escapes.
 */
export class PositionWriter {
  readonly #head: string;
  readonly #tail: string;
  #file: string | undefined;
  #fileText = '';

  constructor(flavour: BinlogPosition['flavour'], serverUuid: string) {
    this.#head = `{"flavour":${JSON.stringify(flavour)},`;
    this.#tail = `,"serverUuid":${JSON.stringify(serverUuid)}}`;
  }

  format(gtid: string | undefined, file: string, offset: number): Position {
    if (file !== this.#file) {
      this.#file = file;
      this.#fileText = `"file":${JSON.stringify(file)},"offset":`;
    }
    const names = gtid === undefined ? '' : `"gtid":"${gtid}",`;
    return `${this.#head}${names}${this.#fileText}${offset}${this.#tail}` as Position;
  }
}

/** Throws INTERNAL for text that formatPosition did not make. */
export function parsePosition(text: Position): BinlogPosition {
  const value = parseJson(text) as Partial<BinlogPosition> | undefined;
  const sound =
    (value?.flavour === 'mysql' || value?.flavour === 'mariadb') &&
    typeof value.file === 'string' &&
    Number.isSafeInteger(value.offset) &&
    (value.gtid === undefined || typeof value.gtid === 'string');
  if (!sound) throw new DtsError('INTERNAL', 'not a MySQL position', { details: { position: text } });
  return { ...(value as BinlogPosition), serverUuid: value.serverUuid ?? '' };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * By GTID containment where both have GTIDs: file and offset of two servers, or around a rotation, say nothing then.
 * Else by file number and offset, which compare only on one server.
 */
export const mysqlPositions: PositionOrder = {
  compare(a, b): PositionRelation {
    if (a === b) return 'equal';
    return comparePlaces(parsePosition(a), parsePosition(b));
  },
  covers(mark, position) {
    const relation = mysqlPositions.compare(mark, position);
    return relation === 'after' || relation === 'equal';
  },
  describe: describePosition,
};

/** The GTID set where there is one, else `file:offset`. */
export function describePosition(position: Position): string {
  const { gtid, file, offset } = parsePosition(position);
  return gtid === undefined || gtid === '' ? `${file}:${offset}` : gtid;
}

function comparePlaces(a: BinlogPosition, b: BinlogPosition): PositionRelation {
  if (a.flavour !== b.flavour) return 'apart';
  if (a.gtid !== undefined && b.gtid !== undefined) {
    if (a.gtid === b.gtid) return 'equal';
    return a.flavour === 'mysql'
      ? relate(GtidSet.parse(a.gtid), GtidSet.parse(b.gtid))
      : relate(MariadbGtidPosition.parse(a.gtid), MariadbGtidPosition.parse(b.gtid));
  }
  if (a.serverUuid !== '' && b.serverUuid !== '' && a.serverUuid !== b.serverUuid) return 'apart';
  const order = binlogNumber(a.file) - binlogNumber(b.file) || a.offset - b.offset;
  if (order === 0) return 'equal';
  return order < 0 ? 'before' : 'after';
}

function relate<T extends { contains(other: T): boolean }>(a: T, b: T): PositionRelation {
  const within = b.contains(a);
  if (a.contains(b)) return within ? 'equal' : 'after';
  return within ? 'before' : 'apart';
}

/** The running number of a binary log file: `bin.000042` 42. It passes 999999 by growing longer, so text does not compare. */
export function binlogNumber(file: string): number {
  return Number(file.slice(file.lastIndexOf('.') + 1));
}
