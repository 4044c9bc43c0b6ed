import type { Clock } from '../../core/clock.ts';
import { DtsError } from '../../core/errors.ts';
import type { Position } from '../../core/position.ts';
import type { TableId } from '../../core/table.ts';
import type { ServerCapabilities } from './capabilities.ts';
import { GtidSet } from './capture/gtid-set.ts';
import { parseOwnedGtids } from './capture/owned-gtids.ts';
import type { MysqlConnection } from './connection.ts';
import { quoteTable, quoteText } from './identifier.ts';
import { type BinlogPosition, formatPosition, parsePosition } from './position.ts';
import { serverErrorNumber } from './server-error.ts';
import { usualLockWaitSeconds } from './session.ts';
import { asTableChanged } from './table-changed.ts';
import { tablesWithoutTransactions } from './tables-without-transactions.ts';

/**
 * Places in the binary log against what reads see.
 *
 * A MySQL server commits in stages:  flush (the log grows, the GTID is owned) → sync → [semi-sync wait] → engine commit (reads
 * see it) → the GTID is owned no more.  gtid_executed grows at the end, in MySQL 5.6 at the flush. Between flush and engine commit
 * lies the gap, as long as a semi-sync wait:
 *
 *   low   must hold nothing that a new read cannot see:  what gtid_executed holds, without what gtid_owned holds when it is read
 *         after it. File:offset runs ahead of what is visible: there a lock on the tables, which no transaction shares that wrote to
 *         them and is not over, closes the gap for these tables.
 *   high  must hold all that a read may have seen:  file:offset is safe as it is. gtid_executed may lack a transaction that is in
 *         the gap; such a one is in gtid_owned. Read gtid_owned first, gtid_executed after it: what left the former is in the latter.
 *
 * A table without transactions shows a row before the log has it, and its lock is held until the log does: there high is read
 * under a READ lock.
 *
 * MariaDB orders snapshots and its log under one lock and tells the place of a consistent snapshot; its gtid_binlog_pos grows at
 * the write to the log, before a read can see the transaction.
 */

interface Watermarks {
  readonly connection: MysqlConnection;
  readonly capabilities: ServerCapabilities;
  readonly clock: Clock;
}

/** The contract of Source.visiblePosition. */
export async function visiblePosition(
  { connection, capabilities, clock }: Watermarks,
  tables: readonly TableId[],
): Promise<Position> {
  if (capabilities.snapshotTellsPosition) {
    const position = await beginSnapshot(connection, capabilities);
    await connection.execute('COMMIT');
    return position;
  }
  if (capabilities.gtid) {
    const end = await readEndOfLog(connection, capabilities);
    const owned = await ownedGtids(connection);
    return formatPosition({
      ...end,
      gtid: GtidSet.parse(end.gtid ?? '')
        .subtract(owned)
        .toString(),
    });
  }
  // No rows will be read, and what is read of the structure waits for the changes in the gap.
  if (tables.length === 0) return await endOfLog(connection, capabilities);
  return await underReadLock(connection, clock, tables, () => endOfLog(connection, capabilities));
}

/** How long a GTID may stay between flush and commit before it is taken for committed, milliseconds. A high mark may hold too much. */
const GAP_MS = 2000;

/** The contract of Source.writtenPosition. */
export async function writtenPosition(
  { connection, capabilities, clock }: Watermarks,
  tables: readonly TableId[] = [],
): Promise<Position> {
  const shownEarly = await tablesWithoutTransactions(connection, tables);
  if (shownEarly.length > 0) {
    return await underReadLock(connection, clock, shownEarly, () => endOfLog(connection, capabilities));
  }
  if (capabilities.flavour === 'mariadb' || !capabilities.gtid) {
    return await endOfLog(connection, capabilities);
  }
  let inGap = await ownedGtids(connection);
  const until = clock.now() + GAP_MS;
  while (!inGap.isEmpty && clock.now() < until) {
    await clock.sleep(5);
    const owned = await ownedGtids(connection);
    inGap = inGap.subtract(inGap.subtract(owned));
  }
  const end = await readEndOfLog(connection, capabilities);
  return formatPosition({
    ...end,
    gtid: GtidSet.parse(end.gtid ?? '')
      .union(inGap)
      .toString(),
  });
}

/** How long the owners of GTIDs are waited for, milliseconds: replicas that do not answer take their 10 s by default, a replica's own changes any time. */
const OWNERS_MS = 12_000;

/** Waits until every transaction that the log holds now can be seen, or was rolled back; false where that lasts long or nothing tells. */
export async function logIsVisible({ connection, capabilities, clock }: Watermarks): Promise<boolean> {
  if (!capabilities.gtid || !capabilities.gtidExecutedIsVisible) return false;
  let inGap = await ownedGtids(connection);
  const until = clock.now() + OWNERS_MS;
  while (!inGap.isEmpty) {
    if (clock.now() >= until) return false;
    await clock.sleep(5);
    const owned = await ownedGtids(connection);
    inGap = inGap.subtract(inGap.subtract(owned));
  }
  return true;
}

/** The contract of Source.withoutGivenUp: what is neither owned nor, after that, executed was rolled back. */
export async function withoutGivenUp(
  { connection, capabilities }: Watermarks,
  marks: readonly Position[],
): Promise<readonly Position[]> {
  if (capabilities.flavour === 'mariadb' || !capabilities.gtid) return marks;
  const owned = await ownedGtids(connection);
  const known = GtidSet.parse(await readGtids(connection, capabilities)).union(owned);
  return marks.map((mark) => {
    const place = parsePosition(mark);
    const held = GtidSet.parse(place.gtid ?? '');
    const givenUp = held.subtract(known);
    return givenUp.isEmpty ? mark : formatPosition({ ...place, gtid: held.subtract(givenUp).toString() });
  });
}

/** The end of the binary log now; with gtid_executed (MySQL) or gtid_binlog_pos (MariaDB) read after it. */
export async function endOfLog(
  connection: MysqlConnection,
  capabilities: ServerCapabilities,
): Promise<Position> {
  return formatPosition(await readEndOfLog(connection, capabilities));
}

async function readEndOfLog(
  connection: MysqlConnection,
  capabilities: ServerCapabilities,
): Promise<BinlogPosition> {
  const [status] = await connection.query(capabilities.binlogStatus);
  if (!status?.File) throw noBinlog();
  const gtid = capabilities.gtid ? await readGtids(connection, capabilities) : undefined;
  return {
    flavour: capabilities.flavour,
    ...(gtid === undefined ? {} : { gtid }),
    file: status.File,
    offset: Number(status.Position),
    serverUuid: capabilities.flavour === 'mysql' ? capabilities.server : '',
  };
}

async function readGtids(connection: MysqlConnection, capabilities: ServerCapabilities): Promise<string> {
  const variable = capabilities.flavour === 'mariadb' ? 'gtid_binlog_pos' : 'gtid_executed';
  const [row] = await connection.query(`SELECT @@global.${variable} AS gtid`);
  return (row?.gtid ?? '').replace(/\s/g, '');
}

/** GTIDs between flush and commit. */
async function ownedGtids(connection: MysqlConnection): Promise<GtidSet> {
  const [row] = await connection.query('SELECT @@global.gtid_owned AS owned');
  return parseOwnedGtids(row?.owned ?? '');
}

/** Begins a consistent snapshot (MariaDB) and tells its exact place. The transaction stays open for the caller's reads. */
export async function beginSnapshot(
  connection: MysqlConnection,
  capabilities: ServerCapabilities,
): Promise<Position> {
  await connection.execute('START TRANSACTION WITH CONSISTENT SNAPSHOT');
  const rows = await connection.query("SHOW STATUS LIKE 'binlog_snapshot_%'");
  const status = new Map(rows.map((row) => [row.Variable_name?.toLowerCase(), row.Value]));
  const file = status.get('binlog_snapshot_file');
  const offset = Number(status.get('binlog_snapshot_position'));
  if (!file) throw noBinlog();
  const [row] = await connection.query(`SELECT BINLOG_GTID_POS(${quoteText(file)}, ${offset}) AS gtid`);
  if (row?.gtid == null)
    throw new DtsError('SOURCE_LOG_PURGED', `The source removed ${file} while it was used.`);
  return formatPosition({ flavour: capabilities.flavour, gtid: row.gtid, file, offset, serverUuid: '' });
}

/** How often a moment without commits is looked for: one try takes a millisecond or two. */
const QUIET_ATTEMPTS = 500;

/**
 * Begins a consistent snapshot at a moment in which nothing commits, and tells its exact place; undefined when no such moment came,
 * with no transaction open then.
 *
 *   executed ─ [owned, MySQL 5.6] ─ snapshot ─ [owned] ─ executed
 *
 * Both gtid_executed must be alike and nothing owned. Where gtid_executed grows last, the snapshot sees all of the first one, and what it
 * sees beyond that is in the second one, or still owned. Where it grows at the flush, the snapshot sees nothing beyond the second one, and
 * what it may not see yet of the first one is still owned before it.
 */
export async function beginQuietSnapshot({
  connection,
  capabilities,
  clock,
}: Watermarks): Promise<Position | undefined> {
  const isNothingOwned = async () => (await ownedGtids(connection)).isEmpty;
  const late = capabilities.gtidExecutedIsVisible;
  for (let attempt = 0; attempt < QUIET_ATTEMPTS; attempt += 1) {
    const before = await readEndOfLog(connection, capabilities);
    if (late || (await isNothingOwned())) {
      await connection.execute('START TRANSACTION WITH CONSISTENT SNAPSHOT');
      const quiet = !late || (await isNothingOwned());
      if (quiet && before.gtid === (await readGtids(connection, capabilities))) return formatPosition(before);
      await connection.execute('ROLLBACK');
    }
    await clock.sleep(attempt % 10);
  }
  return undefined;
}

/** How long a READ lock is waited for at a time. Writers queue behind the wait, so it is short and often repeated. */
const LOCK_WAIT_SECONDS = 1;
const LOCK_PAUSE_MS = 500;
const LOCK_ATTEMPTS = 10;

/**
 * Runs `work` while the tables are locked against writing, and nothing that wrote to them is still to be committed: milliseconds of its
 * own. A long transaction on a table delays the lock, not the writers: each attempt gives up after a second. From MySQL 5.7 on
 * writers overtake the wait: where some transaction writes at any moment the lock may not come. Behind a WRITE lock they would queue, but
 * those that have read the table would deadlock.
 */
export async function underReadLock<T>(
  connection: MysqlConnection,
  clock: Clock,
  tables: readonly TableId[],
  work: () => Promise<T>,
): Promise<T> {
  try {
    await takeReadLock(connection, clock, tables);
    return await work();
  } finally {
    if (connection.usable) await releaseReadLock(connection);
  }
}

/**
 * Locks the tables against writing until `releaseReadLock`, also if it throws. Throws SOURCE_TABLE_CHANGED and, when the
 * lock does not come, SOURCE_LOCKED.
 *
 * In MySQL 5.6 LOCK TABLES alone waits for statements, not for transactions: those could still commit under it. Without autocommit
 * InnoDB locks the table too, which waits for all that have written to it.
 */
export async function takeReadLock(
  connection: MysqlConnection,
  clock: Clock,
  tables: readonly TableId[],
): Promise<void> {
  const list = tables.map((table) => `${quoteTable(table)} READ`).join(', ');
  await connection.execute(
    `SET SESSION lock_wait_timeout=${LOCK_WAIT_SECONDS}, innodb_lock_wait_timeout=${LOCK_WAIT_SECONDS}, innodb_table_locks=1, autocommit=0`,
  );
  for (let attempt = 1; ; attempt += 1) {
    try {
      await connection.execute(`LOCK TABLES ${list}`);
      return;
    } catch (error) {
      if (!isLockRefused(error) || attempt === LOCK_ATTEMPTS) throw asTableChanged(error);
      // What was locked before the one that was waited for.
      await connection.execute('ROLLBACK');
      await clock.sleep(LOCK_PAUSE_MS);
    }
  }
}

/** Lets go of what `takeReadLock` took, and has the session wait as before it. */
export async function releaseReadLock(connection: MysqlConnection): Promise<void> {
  await connection.execute('UNLOCK TABLES');
  await connection.execute(
    `SET SESSION autocommit=1, lock_wait_timeout=${usualLockWaitSeconds}, innodb_lock_wait_timeout=@@global.innodb_lock_wait_timeout`,
  );
}

const ER_LOCK_WAIT_TIMEOUT = 1205;
const ER_LOCK_DEADLOCK = 1213;
const isLockRefused = (error: unknown): boolean =>
  [ER_LOCK_WAIT_TIMEOUT, ER_LOCK_DEADLOCK].includes(serverErrorNumber(error) ?? 0);

const noBinlog = () =>
  new DtsError('SOURCE_CONFIG', 'The source writes no binary log.', {
    remedy: 'Start the source with log_bin.',
  });
