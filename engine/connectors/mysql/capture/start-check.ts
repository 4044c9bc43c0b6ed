import { DtsError } from '../../../core/errors.ts';
import type { MysqlConnection } from '../connection.ts';
import { type BinlogPosition, binlogNumber, describePosition, formatPosition } from '../position.ts';
import { GtidSet } from './gtid-set.ts';
import { MariadbGtidPosition } from './mariadb-gtid.ts';

/** What a server tells before its log is read. */
export interface SourceLog {
  /** Empty for MariaDB, which has none. */
  readonly serverUuid: string;
  /** The server's clock minus ours, milliseconds. */
  readonly clockOffsetMillis: number;
}

/**
 * Makes sure, before the log is asked for, that the server has all of it after `from`. By sets and file names, never by the text of the
 * server's refusal. Throws SOURCE_LOG_PURGED, SOURCE_POSITION_MISSING, SOURCE_CHANGED, SOURCE_CONFIG.
 */
export async function checkStart(
  connection: MysqlConnection,
  from: BinlogPosition,
  now: () => number,
): Promise<SourceLog> {
  const before = now();
  const [row] = await connection.query(
    from.flavour === 'mysql'
      ? 'SELECT @@server_uuid AS uuid, UNIX_TIMESTAMP(NOW(3)) AS now, @@log_bin AS log_bin'
      : "SELECT '' AS uuid, UNIX_TIMESTAMP(NOW(3)) AS now, @@log_bin AS log_bin",
  );
  if (row?.log_bin !== '1') {
    throw new DtsError('SOURCE_CONFIG', 'The source writes no binary log: log_bin is off.', {
      remedy: 'Set log_bin and binlog_format=ROW at the source and restart it.',
    });
  }
  const clockOffsetMillis = Number(row.now) * 1000 - (before + now()) / 2;
  const serverUuid = row.uuid ?? '';
  if (from.gtid === undefined) await checkFile(connection, from, serverUuid);
  else if (from.flavour === 'mysql') await checkGtidSet(connection, from, from.gtid);
  else await checkMariadbGtid(connection, from, from.gtid);
  return { serverUuid, clockOffsetMillis };
}

async function checkGtidSet(connection: MysqlConnection, from: BinlogPosition, gtid: string): Promise<void> {
  const [row] = await connection.query(
    'SELECT @@GLOBAL.gtid_executed AS executed, @@GLOBAL.gtid_purged AS purged, @@GLOBAL.gtid_mode AS mode',
  );
  if (row?.mode !== 'ON') {
    throw new DtsError(
      'SOURCE_CONFIG',
      `The task reads by GTID, but gtid_mode is ${row?.mode} at the source.`,
      {
        remedy: 'Set gtid_mode=ON at the source.',
      },
    );
  }
  const wanted = GtidSet.parse(gtid);
  const executed = GtidSet.parse(row.executed ?? '');
  const purged = GtidSet.parse(row.purged ?? '');
  if (!executed.contains(wanted)) throw missing(from, `it lacks ${wanted.subtract(executed)}`);
  if (!wanted.contains(purged)) throw gone(from, `it has purged ${purged.subtract(wanted)}`);
}

async function checkMariadbGtid(
  connection: MysqlConnection,
  from: BinlogPosition,
  gtid: string,
): Promise<void> {
  const [row] = await connection.query('SELECT @@GLOBAL.gtid_binlog_state AS state');
  const wanted = MariadbGtidPosition.parse(gtid);
  const state = MariadbGtidPosition.parse(row?.state ?? '');
  if (!state.contains(wanted)) throw missing(from, `its log ends at ${state}`);
  const oldest = (await connection.query('SHOW BINARY LOGS'))[0]?.Log_name;
  if (!oldest) throw gone(from, 'it has no binary logs');
  const [start] = await connection.query(
    `SELECT BINLOG_GTID_POS('${oldest.replaceAll("'", '')}', 4) AS position`,
  );
  const kept = MariadbGtidPosition.parse(start?.position ?? '');
  if (!wanted.contains(kept)) throw gone(from, `its oldest log starts at ${kept}`);
}

async function checkFile(
  connection: MysqlConnection,
  from: BinlogPosition,
  serverUuid: string,
): Promise<void> {
  if (from.serverUuid !== '' && serverUuid !== from.serverUuid) {
    throw new DtsError(
      'SOURCE_CHANGED',
      `The position belongs to the logs of server ${from.serverUuid}, the endpoint leads to ${serverUuid}.`,
      { details: { position: describePosition(formatPosition(from)) } },
    );
  }
  const files = await connection.query('SHOW BINARY LOGS');
  const sizes = new Map(files.map((file) => [file.Log_name ?? '', Number(file.File_size)]));
  const size = sizes.get(from.file);
  if (size === undefined) {
    const oldest = binlogNumber(files[0]?.Log_name ?? '.0');
    if (binlogNumber(from.file) < oldest) throw gone(from, `its oldest log is ${files[0]?.Log_name}`);
    throw missing(from, `it has no ${from.file}`);
  }
  if (size < from.offset) throw missing(from, `${from.file} has ${size} bytes`);
}

const gone = (from: BinlogPosition, why: string) =>
  new DtsError(
    'SOURCE_LOG_PURGED',
    `The source no longer has the log after the position of the task: ${why}.`,
    {
      details: { position: describePosition(formatPosition(from)) },
    },
  );

const missing = (from: BinlogPosition, why: string) =>
  new DtsError('SOURCE_POSITION_MISSING', `The source does not know the position of the task: ${why}.`, {
    details: { position: describePosition(formatPosition(from)) },
  });
