import type { Clock } from '../../../core/clock.ts';
import type { SourceFacts, SourceTableFacts } from '../../../core/precheck.ts';
import type { ObjectSelection } from '../../../core/selection.ts';
import { type TableId, tableKey, tableLabel } from '../../../core/table.ts';
import type { MysqlConnection } from '../connection.ts';
import { quoteText } from '../identifier.ts';
import { accessDenied, serverErrorNumber } from '../server-error.ts';
import { isMysqlAtLeast } from '../session.ts';
import { listObjects, type ObjectNames, selectNames } from '../structure/list-objects.ts';
import { defaultFacts } from './default-facts.ts';
import { definerFacts } from './definer-facts.ts';
import { foreignKeyFacts } from './foreign-key-facts.ts';
import { isGranted } from './grants.ts';
import { memberFacts } from './member-facts.ts';
import { type Asked, askServer } from './server-facts.ts';

export async function sourceFacts(
  connection: MysqlConnection,
  clock: Clock,
  selection: ObjectSelection,
): Promise<SourceFacts> {
  const asked = await askServer(connection, clock);
  const all = await listObjects(connection, selection);
  const names = selectNames(all, selection);
  const ids = names.tables.map(({ id }) => id);
  const tables = await tableFacts(connection, ids);
  const { variables } = asked.facts;
  const retention = retentionSeconds(variables);
  const mayAskStatus = isGranted(asked.grants, 'REPLICATION CLIENT');
  return {
    ...asked.facts,
    missingPrivileges: missingPrivileges(asked, connection.serverVersion, selection, tables),
    logEnabled: variables.log_bin === 'ON' || variables.log_bin === '1',
    globalPositions: asked.capabilities.gtid,
    logsCascades: asked.capabilities.logsCascades,
    defaultsLeftOut: leftOutBy(variables.binlog_row_image),
    preparedTransactions: await preparedTransactions(connection),
    replica: isGranted(asked.grants, statusPrivilege(asked)) && (await isReplica(connection, asked)),
    filteredDatabases: mayAskStatus ? await filteredDatabases(connection, asked, names) : [],
    ...(retention === undefined ? {} : { logRetentionSeconds: retention }),
    missing: missingNames(all, selection),
    excludedInVain: excludedInVain(all, selection),
    functions: names.routines.filter(({ routineType }) => routineType === 'FUNCTION').map(({ id }) => id),
    members: await memberFacts(connection, ids),
    defaults: await defaultFacts(connection, ids),
    definers: await definerFacts(connection, names),
    tables,
  };
}

function leftOutBy(rowImage: string | undefined): SourceFacts['defaultsLeftOut'] {
  const image = rowImage?.toUpperCase();
  if (image === 'MINIMAL') return 'ALL';
  return image === 'NOBLOB' ? 'LARGE' : 'NONE';
}

/** Since 8.0 MySQL shows them to XA_RECOVER_ADMIN only. */
async function preparedTransactions(connection: MysqlConnection): Promise<number | undefined> {
  try {
    return (await connection.rows('XA RECOVER')).length;
  } catch (error) {
    if (forbiddenXaRecover.has(serverErrorNumber(error) ?? 0)) return undefined;
    throw error;
  }
}
/** ER_XAER_RMERR, which is what MySQL says to users without the privilege. */
const forbiddenXaRecover = new Set([1401, accessDenied]);

function missingPrivileges(
  asked: Asked,
  serverVersion: string,
  selection: ObjectSelection,
  tables: readonly SourceTableFacts[],
): string[] {
  const { grants, capabilities } = asked;
  const missing: string[] = [];
  const need = (privilege: string, granted: boolean, on: string) => {
    if (!granted) missing.push(`${privilege} ON ${on}`);
  };
  for (const privilege of new Set(['REPLICATION SLAVE', 'REPLICATION CLIENT', statusPrivilege(asked)])) {
    need(privilege, isGranted(grants, privilege), '*.*');
  }
  // Only where nothing else ties a read to its place in the log.
  const readAtOnePosition = ({ hasKey, foreignKeys }: SourceTableFacts) =>
    !hasKey || (!capabilities.logsCascades && foreignKeys.some(({ cascades }) => cascades));
  const locks =
    tables.some(({ engine }) => engine !== 'innodb') ||
    (!capabilities.snapshotTellsPosition && (!capabilities.gtid || tables.some(readAtOnePosition)));
  let wholeDatabases = false;
  for (const database of selection.databases) {
    const { name } = database;
    const perTable = (privilege: string) =>
      isGranted(grants, privilege, name) ||
      (database.tables?.every((table) => isGranted(grants, privilege, name, table.name)) ?? false);
    need('SELECT', perTable('SELECT'), `${name}.*`);
    need('SHOW VIEW', perTable('SHOW VIEW'), `${name}.*`);
    need('TRIGGER', perTable('TRIGGER'), `${name}.*`);
    if (!database.tables) need('EVENT', isGranted(grants, 'EVENT', name), `${name}.*`);
    wholeDatabases ||= !database.tables;
    if (locks) need('LOCK TABLES', isGranted(grants, 'LOCK TABLES', name), `${name}.*`);
  }
  // Without it routines are not seen at all: they would be left behind without a word.
  if (wholeDatabases && !isGranted(grants, 'SELECT')) {
    if (isMysqlAtLeast(serverVersion, 8, 0, 20)) {
      need('SHOW_ROUTINE', isGranted(grants, 'SHOW_ROUTINE'), '*.*');
    } else need('SELECT', isGranted(grants, 'SELECT', 'mysql', 'proc'), 'mysql.proc');
  }
  return missing;
}

function missingNames(names: ObjectNames, selection: ObjectSelection): string[] {
  const databases = new Set(names.databases.map((database) => database.id.database));
  const relations = new Set([...names.tables, ...names.views].map(({ id }) => tableKey(id)));
  return selection.databases.flatMap((database) => {
    if (!databases.has(database.name)) return [database.name];
    return (database.tables ?? [])
      .map((table): TableId => ({ database: database.name, name: table.name }))
      .filter((id) => !relations.has(tableKey(id)))
      .map(tableLabel);
  });
}

function excludedInVain(names: ObjectNames, selection: ObjectSelection): TableId[] {
  const databases = new Set(names.databases.map((database) => database.id.database));
  const relations = new Set([...names.tables, ...names.views].map(({ id }) => tableKey(id)));
  return selection.databases
    .filter(({ name }) => databases.has(name))
    .flatMap(({ name: database, excludeTables = [] }) => excludeTables.map((name) => ({ database, name })))
    .filter((id) => !relations.has(tableKey(id)));
}

function retentionSeconds(variables: Readonly<Record<string, string>>): number | undefined {
  const seconds = Number(variables.binlog_expire_logs_seconds ?? 0);
  if (seconds > 0) return seconds;
  const days = Number(variables.expire_logs_days ?? 0);
  return days > 0 ? days * 86_400 : undefined;
}

/** Lets a user see whether the server is a replica. MariaDB made a privilege of its own of it in 10.5. */
const statusPrivilege = ({ capabilities }: Asked): string =>
  capabilities.flavour === 'mariadb' ? 'SLAVE MONITOR' : 'REPLICATION CLIENT';

async function isReplica(connection: MysqlConnection, { capabilities }: Asked): Promise<boolean> {
  const modern = capabilities.flavour === 'mysql' && capabilities.binlogStatus === 'SHOW BINARY LOG STATUS';
  const rows = await connection.query(modern ? 'SHOW REPLICA STATUS' : 'SHOW SLAVE STATUS');
  return rows.length > 0;
}

async function filteredDatabases(
  connection: MysqlConnection,
  { capabilities }: Asked,
  names: ObjectNames,
): Promise<string[]> {
  const [status] = await connection.query(capabilities.binlogStatus);
  const list = (text: string | null | undefined) => (text ?? '').split(',').filter((name) => name !== '');
  const only = list(status?.Binlog_Do_DB);
  const never = new Set(list(status?.Binlog_Ignore_DB));
  return names.databases
    .map((database) => database.id.database)
    .filter((name) => never.has(name) || (only.length > 0 && !only.includes(name)));
}

/** Servers without a dictionary open the tables of every database for a side of a join that names none. */
const selectedOnBothSides =
  'CAST(s.TABLE_SCHEMA AS BINARY) IN ($databases) AND CAST(c.TABLE_SCHEMA AS BINARY) IN ($databases)';

/** TABLE_TYPE of MariaDB. */
const otherKinds: ReadonlyMap<string, string> = new Map([
  ['SEQUENCE', 'a sequence'],
  ['SYSTEM VERSIONED', 'a system-versioned table'],
]);

async function tableFacts(connection: MysqlConnection, ids: readonly TableId[]): Promise<SourceTableFacts[]> {
  const databases = [...new Set(ids.map((id) => id.database))].map(quoteText).join(', ');
  if (databases === '') return [];
  const ask = (sql: string) => connection.query(sql.replaceAll('$databases', databases));
  const group = <T>(
    rows: Record<string, string | null>[],
    value: (row: Record<string, string | null>) => T,
  ) => {
    const map = new Map<string, T[]>();
    for (const row of rows) {
      const key = tableKey({ database: row.db ?? '', name: row.name ?? '' });
      map.set(key, [...(map.get(key) ?? []), value(row)]);
    }
    return map;
  };
  const engines = group(
    await ask(
      'SELECT TABLE_SCHEMA AS db, TABLE_NAME AS name, ENGINE AS engine, TABLE_COLLATION AS collation, TABLE_TYPE AS type FROM information_schema.TABLES WHERE CAST(TABLE_SCHEMA AS BINARY) IN ($databases)',
    ),
    (row) => ({ engine: row.engine?.toLowerCase() ?? '', collation: row.collation, type: row.type }),
  );
  const collations = group(
    await ask(
      'SELECT DISTINCT TABLE_SCHEMA AS db, TABLE_NAME AS name, COLLATION_NAME AS collation FROM information_schema.COLUMNS WHERE CAST(TABLE_SCHEMA AS BINARY) IN ($databases) AND COLLATION_NAME IS NOT NULL',
    ),
    (row) => row.collation ?? '',
  );
  const rareColumns = group(
    await ask(
      `SELECT TABLE_SCHEMA AS db, TABLE_NAME AS name, COLUMN_NAME AS column_name, DATA_TYPE AS type FROM information_schema.COLUMNS
       WHERE CAST(TABLE_SCHEMA AS BINARY) IN ($databases) AND DATA_TYPE IN ('uuid', 'inet4', 'inet6', 'json', 'vector')`,
    ),
    (row) => ({ name: row.column_name ?? '', type: row.type?.toLowerCase() ?? '' }),
  );
  const expressionIndexes = group(
    await ask(
      `SELECT DISTINCT TABLE_SCHEMA AS db, TABLE_NAME AS name, INDEX_NAME AS index_name FROM information_schema.STATISTICS
       WHERE CAST(TABLE_SCHEMA AS BINARY) IN ($databases) AND COLUMN_NAME IS NULL`,
    ),
    (row) => row.index_name ?? '',
  );
  // A unique key serves when none of its columns may be NULL and none is cut to a prefix.
  const keys = group(
    await ask(
      `SELECT TABLE_SCHEMA AS db, TABLE_NAME AS name, INDEX_NAME = 'PRIMARY' AS is_primary,
         SUM(NULLABLE = 'YES' OR SUB_PART IS NOT NULL OR COLUMN_NAME IS NULL) = 0 AS identifies FROM information_schema.STATISTICS
       WHERE CAST(TABLE_SCHEMA AS BINARY) IN ($databases) AND NON_UNIQUE = 0
       GROUP BY TABLE_SCHEMA, TABLE_NAME, INDEX_NAME`,
    ),
    (row) => ({ primary: row.is_primary === '1', identifies: row.identifies === '1' }),
  );
  const keyCollations = group(
    await ask(
      `SELECT DISTINCT s.TABLE_SCHEMA AS db, s.TABLE_NAME AS name, c.COLLATION_NAME AS collation FROM information_schema.STATISTICS s
       JOIN information_schema.COLUMNS c ON c.TABLE_SCHEMA = s.TABLE_SCHEMA AND c.TABLE_NAME = s.TABLE_NAME AND c.COLUMN_NAME = s.COLUMN_NAME
       WHERE ${selectedOnBothSides} AND s.NON_UNIQUE = 0 AND c.COLLATION_NAME IS NOT NULL`,
    ),
    (row) => row.collation ?? '',
  );
  const countedPlaces = group(
    await ask(
      `SELECT s.TABLE_SCHEMA AS db, s.TABLE_NAME AS name, MIN(s.SEQ_IN_INDEX) AS place FROM information_schema.STATISTICS s
       JOIN information_schema.COLUMNS c ON c.TABLE_SCHEMA = s.TABLE_SCHEMA AND c.TABLE_NAME = s.TABLE_NAME AND c.COLUMN_NAME = s.COLUMN_NAME
       WHERE ${selectedOnBothSides} AND c.EXTRA LIKE '%auto_increment%'
       GROUP BY s.TABLE_SCHEMA, s.TABLE_NAME`,
    ),
    (row) => Number(row.place),
  );
  const foreignKeys = await foreignKeyFacts(ask);
  const triggers = group(
    await ask(
      'SELECT EVENT_OBJECT_SCHEMA AS db, EVENT_OBJECT_TABLE AS name FROM information_schema.TRIGGERS WHERE CAST(EVENT_OBJECT_SCHEMA AS BINARY) IN ($databases)',
    ),
    () => 1,
  );
  return ids.map((id) => {
    const key = tableKey(id);
    const [own] = engines.get(key) ?? [];
    const all = [...(own?.collation ? [own.collation] : []), ...(collations.get(key) ?? [])];
    return {
      id,
      engine: own?.engine ?? '',
      collations: [...new Set(all)],
      keyCollations: keyCollations.get(key) ?? [],
      countsWithinKey: (countedPlaces.get(key)?.[0] ?? 1) > 1,
      hasPrimaryKey: keys.get(key)?.some(({ primary }) => primary) ?? false,
      hasKey: keys.get(key)?.some(({ identifies }) => identifies) ?? false,
      foreignKeys: foreignKeys.get(key) ?? [],
      triggers: triggers.get(key)?.length ?? 0,
      rareColumns: rareColumns.get(key) ?? [],
      expressionIndexes: expressionIndexes.get(key) ?? [],
      otherThanTable: otherKinds.get(own?.type ?? ''),
    };
  });
}
