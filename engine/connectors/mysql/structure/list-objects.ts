import type { DatabaseSelection, ObjectSelection } from '../../../core/selection.ts';
import type { ObjectDefinition } from '../../../core/structure.ts';
import { type TableId, tableKey } from '../../../core/table.ts';
import type { MysqlConnection } from '../connection.ts';
import { quoteText } from '../identifier.ts';

export interface ObjectName {
  readonly kind: ObjectDefinition['kind'];
  readonly id: TableId;
  readonly routineType?: string | undefined;
  /** Of triggers: the table they belong to. */
  readonly table?: TableId | undefined;
}

export interface ObjectNames {
  readonly databases: readonly ObjectName[];
  readonly tables: readonly ObjectName[];
  readonly views: readonly ObjectName[];
  readonly routines: readonly ObjectName[];
  readonly triggers: readonly ObjectName[];
  readonly events: readonly ObjectName[];
}

/** Compared as bytes: the collation of these columns differs between versions, and names are what the user chose. */
const within = (column: string, { databases }: ObjectSelection) =>
  `CAST(${column} AS BINARY) IN (${databases.map(({ name }) => quoteText(name)).join(', ')})`;

/**
 * The objects of the selected databases, selected or not, by five queries to information_schema. They ask for what the dictionary itself
 * holds: for a table's statistics the server would open it, and wait for whoever makes or removes it. Of triggers they name the table's
 * database: by any other condition a server without a dictionary opens every table of every database.
 */
export async function listObjects(
  connection: MysqlConnection,
  selection: ObjectSelection,
): Promise<ObjectNames> {
  const ask = async (columns: string, table: string, schema: string, order: string) =>
    selection.databases.length === 0
      ? []
      : await connection.query(
          `SELECT ${schema} AS db, ${columns} FROM information_schema.${table} WHERE ${within(schema, selection)} ORDER BY ${order}`,
        );
  const named = (kind: ObjectName['kind']) => (row: Record<string, string | null>) => ({
    kind,
    id: { database: row.db ?? '', name: row.name ?? '' },
  });

  const schemata = await ask('SCHEMA_NAME AS name', 'SCHEMATA', 'SCHEMA_NAME', 'SCHEMA_NAME');
  const tables = await ask(
    'TABLE_NAME AS name, TABLE_TYPE AS type',
    'TABLES',
    'TABLE_SCHEMA',
    'TABLE_SCHEMA, TABLE_NAME',
  );
  const routines = await ask(
    'ROUTINE_NAME AS name, ROUTINE_TYPE AS type',
    'ROUTINES',
    'ROUTINE_SCHEMA',
    'ROUTINE_SCHEMA, ROUTINE_TYPE, ROUTINE_NAME',
  );
  const triggers = await ask(
    'TRIGGER_NAME AS name, EVENT_OBJECT_TABLE AS table_name',
    'TRIGGERS',
    'EVENT_OBJECT_SCHEMA',
    // Triggers of one table, time and event fire in the order in which they are made.
    'EVENT_OBJECT_SCHEMA, EVENT_OBJECT_TABLE, ACTION_ORDER',
  );
  const events = await ask('EVENT_NAME AS name', 'EVENTS', 'EVENT_SCHEMA', 'EVENT_SCHEMA, EVENT_NAME');
  return {
    databases: schemata.map((row) => ({ kind: 'database', id: { database: row.db ?? '', name: '' } })),
    tables: tables
      .filter(
        (row) => row.type === 'BASE TABLE' || row.type === 'SYSTEM VERSIONED' || row.type === 'SEQUENCE',
      )
      .map(named('table')),
    views: tables.filter((row) => row.type === 'VIEW').map(named('view')),
    routines: routines
      .filter((row) => row.type === 'FUNCTION' || row.type === 'PROCEDURE')
      .map((row) => ({ ...named('routine')(row), routineType: row.type ?? '' })),
    triggers: triggers.map((row) => ({
      ...named('trigger')(row),
      table: { database: row.db ?? '', name: row.table_name ?? '' },
    })),
    events: events.map(named('event')),
  };
}

/**
 * The same, and what sessions are making, renaming or removing right now. Where definitions are rows of a dictionary, a schema change
 * is in the log before its rows can be seen. Its metadata locks last until they can: who asks for the definition of an object listed here
 * waits for the end of the change, and so learns what came of it.
 */
export async function listUnsettledObjects(
  connection: MysqlConnection,
  selection: ObjectSelection,
): Promise<ObjectNames> {
  await connection.execute('SET SESSION TRANSACTION ISOLATION LEVEL READ UNCOMMITTED');
  const made = await listObjects(connection, selection);
  await connection.execute('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
  return withOthers(made, await listObjects(connection, selection));
}

/** Both lists; what is in both once. A trigger whose table is being renamed stands in it with each of the table's names. */
export function withOthers(names: ObjectNames, more: ObjectNames): ObjectNames {
  const union = (list: readonly ObjectName[], others: readonly ObjectName[]) => {
    const keyOf = ({ id, routineType = '', table }: ObjectName) =>
      `${routineType} ${tableKey(id)} ${table === undefined ? '' : tableKey(table)}`;
    const known = new Set(list.map(keyOf));
    return [...list, ...others.filter((name) => !known.has(keyOf(name)))];
  };
  return {
    databases: union(names.databases, more.databases),
    tables: union(names.tables, more.tables),
    views: union(names.views, more.views),
    routines: union(names.routines, more.routines),
    triggers: union(names.triggers, more.triggers),
    events: union(names.events, more.events),
  };
}

/** Rows and bytes of the tables of the selected databases, by the server's statistics. */
export async function listEstimates(
  connection: MysqlConnection,
  selection: ObjectSelection,
): Promise<Map<string, { readonly rows: number; readonly bytes: number }>> {
  if (selection.databases.length === 0) return new Map();
  const rows = await connection.query(
    `SELECT TABLE_SCHEMA AS db, TABLE_NAME AS name, TABLE_ROWS AS row_count, DATA_LENGTH AS bytes
       FROM information_schema.TABLES WHERE ${within('TABLE_SCHEMA', selection)}`,
  );
  return new Map(
    rows.map((row) => [
      tableKey({ database: row.db ?? '', name: row.name ?? '' }),
      { rows: Number(row.row_count), bytes: Number(row.bytes) },
    ]),
  );
}

/**
 * What the selection carries: of a whole database everything but the tables left out; of a database with named tables these, their
 * triggers, and the views among the names.
 */
export function selectNames(names: ObjectNames, selection: ObjectSelection): ObjectNames {
  const chosen = new Map(selection.databases.map((database) => [database.name, database]));
  const whole = ({ id }: ObjectName) => {
    const database = chosen.get(id.database);
    return database !== undefined && database.tables === undefined;
  };
  const carries = (table: TableId) => selectsTable(chosen.get(table.database), table.name);
  // One that stands there with two tables has one definition: the first counts.
  const triggers = names.triggers.filter((trigger) => trigger.table !== undefined && carries(trigger.table));
  return {
    databases: names.databases,
    tables: names.tables.filter((table) => carries(table.id)),
    views: names.views.filter((view) => carries(view.id)),
    routines: names.routines.filter(whole),
    triggers: [
      ...new Map(triggers.toReversed().map((trigger) => [tableKey(trigger.id), trigger])).values(),
    ].toReversed(),
    events: names.events.filter(whole),
  };
}

function selectsTable(database: DatabaseSelection | undefined, table: string): boolean {
  if (!database) return false;
  if (database.tables) return database.tables.some((selected) => selected.name === table);
  return !database.excludeTables?.includes(table);
}
