import type { MysqlConnection } from './connection.ts';
import { parseVersion } from './session.ts';

/** What a server can do, as found by asking it: the connector asks these, never a version number. */
export interface ServerCapabilities {
  readonly flavour: 'mysql' | 'mariadb';
  /** As the server tells it, for example `9.7.4`. */
  readonly version: string;
  /** Names the server: MySQL's server_uuid; where there is none, its host, port and server_id. */
  readonly server: string;
  /** Transactions are named by GTIDs: gtid_mode = ON; always in MariaDB. */
  readonly gtid: boolean;
  /** gtid_executed holds only what is visible. In MySQL 5.6 it grows when the log is written, before. */
  readonly gtidExecutedIsVisible: boolean;
  /** Definitions are rows that commit after the log has the change; elsewhere they are files, made before it is logged. */
  readonly dictionaryIsTransactional: boolean;
  /** START TRANSACTION WITH CONSISTENT SNAPSHOT tells its place in the binary log. */
  readonly snapshotTellsPosition: boolean;
  /** Going back to a savepoint lets go of tables read since. MariaDB keeps them, and logs a transaction for the savepoint. */
  readonly savepointReleasesTables: boolean;
  /** Actions of foreign keys are carried out, and logged, above the storage engine: MySQL 9.6 and later, unless told otherwise. */
  readonly logsCascades: boolean;
  /** The statement that shows the end of the binary log. */
  readonly binlogStatus: string;
  /** LOAD DATA LOCAL is allowed by the server. */
  readonly localInfile: boolean;
  readonly maxAllowedPacket: number;
  /** Names and text are compared as stored (0), or table names without case (1, 2). */
  readonly lowerCaseTableNames: number;
  /** What statements that name none get. */
  readonly collationServer: string;
  readonly defaultStorageEngine: string;
  readonly explicitDefaultsForTimestamp: boolean;
}

export async function askCapabilities(connection: MysqlConnection): Promise<ServerCapabilities> {
  const { flavour, major, minor } = parseVersion(connection.serverVersion);
  const [row] = await connection.query(
    `SELECT VERSION() AS version, @@hostname AS hostname, @@port AS port, @@server_id AS server_id,
      @@global.local_infile AS local_infile, @@global.max_allowed_packet AS max_allowed_packet,
      @@global.lower_case_table_names AS lower_case_table_names, @@global.collation_server AS collation_server,
      @@global.default_storage_engine AS default_storage_engine,
      @@global.explicit_defaults_for_timestamp AS explicit_defaults_for_timestamp`,
  );
  const values = row ?? {};
  const mariadb = flavour === 'mariadb';
  const [identity] = mariadb
    ? []
    : await connection.query('SELECT @@server_uuid AS uuid, @@global.gtid_mode AS gtid_mode');
  // MySQL 9.6 brought both the variable and what it turns off.
  const [native] = await connection.query("SHOW GLOBAL VARIABLES LIKE 'innodb_native_foreign_keys'");
  return {
    flavour,
    version: values.version ?? connection.serverVersion,
    server: identity?.uuid ?? `${values.hostname}:${values.port}/${values.server_id}`,
    gtid: mariadb || identity?.gtid_mode === 'ON',
    gtidExecutedIsVisible: !mariadb && (major > 5 || minor >= 7),
    dictionaryIsTransactional: !mariadb && major >= 8,
    snapshotTellsPosition: mariadb,
    savepointReleasesTables: !mariadb,
    logsCascades: native !== undefined && !isOn(native.Value),
    binlogStatus:
      !mariadb && (major > 8 || (major === 8 && minor >= 2))
        ? 'SHOW BINARY LOG STATUS'
        : 'SHOW MASTER STATUS',
    localInfile: isOn(values.local_infile),
    maxAllowedPacket: Number(values.max_allowed_packet),
    lowerCaseTableNames: Number(values.lower_case_table_names),
    collationServer: values.collation_server ?? '',
    defaultStorageEngine: values.default_storage_engine ?? 'InnoDB',
    explicitDefaultsForTimestamp: isOn(values.explicit_defaults_for_timestamp),
  };
}

const isOn = (value: string | null | undefined): boolean => value === '1' || value === 'ON';
