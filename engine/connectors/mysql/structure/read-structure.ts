import type { Clock } from '../../../core/clock.ts';
import { DtsError } from '../../../core/errors.ts';
import type { ObjectSelection } from '../../../core/selection.ts';
import type { ObjectDefinition, StructureSnapshot } from '../../../core/structure.ts';
import { type TableId, tableKey, tableLabel } from '../../../core/table.ts';
import type { ServerCapabilities } from '../capabilities.ts';
import type { MysqlConnection } from '../connection.ts';
import type { ConnectionPool } from '../connection-pool.ts';
import { parseVersion, serverLiteral, serverVariable } from '../ddl/dialect.ts';
import { historyFromCreateStatements } from '../ddl/history.ts';
import { quoteName } from '../identifier.ts';
import { serverErrorNumber } from '../server-error.ts';
import { logIsVisible } from '../watermark.ts';
import { withExplicitCollation } from './explicit-collation.ts';
import {
  listEstimates,
  listObjects,
  listUnsettledObjects,
  type ObjectName,
  selectNames,
} from './list-objects.ts';
import { LockWaits } from './lock-waits.ts';
import { sessionOfDefinition } from './session-state.ts';
import { shownText } from './shown-text.ts';

/** Connections that read definitions at the same time: the server answers each in well under a millisecond, the round trip costs more. */
const READERS = 4;

interface ReadOptions {
  readonly pool: ConnectionPool;
  readonly capabilities: ServerCapabilities;
  /** Is told what is waited for, where a lock of the source lets the reading wait for long. */
  readonly onWaiting?: ((message: string) => void) | undefined;
}

/**
 * The structure of the selection as of now. Tables of the selected databases that are not selected themselves are in the history
 * too: a rename may bring them in, and LIKE may copy them.
 *
 * Where definitions are rows of a dictionary, the log has a schema change before they can be seen. With GTIDs such changes are known by
 * their owners: once these are done, what is visible is enough, and changes that are only being made are none of ours. Without GTIDs, or
 * where they take long, whatever is being made is waited for.
 */
export async function readStructure(
  options: ReadOptions & { readonly clock: Clock; readonly selection: ObjectSelection },
): Promise<StructureSnapshot> {
  const { pool, capabilities, clock, selection } = options;
  const waits = new LockWaits(options);
  const list = <T>(ask: (connection: MysqlConnection) => Promise<T>) =>
    pool.with(async (connection) => {
      await useUnicode(connection);
      const found = await waits.during(undefined, () => ask(connection));
      await connection.execute('SET character_set_results = binary');
      return found;
    });
  const names = await list(async (connection) =>
    !capabilities.dictionaryIsTransactional || (await logIsVisible({ connection, capabilities, clock }))
      ? await listObjects(connection, selection)
      : await listUnsettledObjects(connection, selection),
  );
  const chosen = selectNames(names, selection);
  const explicit = (definition: ObjectDefinition) => asOf(definition, capabilities);
  const databases = (await readAll(pool, waits, chosen.databases, readDatabase)).map(explicit);
  const allTables = (await readAll(pool, waits, names.tables, readTable)).map(explicit);
  const estimates = await list((connection) => listEstimates(connection, selection));
  const selected = new Set(chosen.tables.map((table) => tableKey(table.id)));
  return {
    history: historyFromCreateStatements({
      flavour: capabilities.flavour,
      version: capabilities.version,
      lowerCaseTableNames: capabilities.lowerCaseTableNames,
      collationServer: capabilities.collationServer,
      explicitDefaultsForTimestamp: capabilities.explicitDefaultsForTimestamp,
      defaultStorageEngine: capabilities.defaultStorageEngine,
      databases: databases.map(({ id, sql }) => ({ name: id.database, createSql: sql })),
      tables: allTables.map(({ id, sql }) => ({ database: id.database, name: id.name, createSql: sql })),
    }),
    databases,
    tables: allTables.filter((table) => selected.has(tableKey(table.id))),
    views: await readAll(pool, waits, chosen.views, readView),
    routines: await readAll(pool, waits, chosen.routines, readRoutine),
    triggers: await readAll(pool, waits, chosen.triggers, readTrigger),
    events: await readAll(pool, waits, chosen.events, readEvent),
    estimates: new Map(
      chosen.tables.map(({ id }) => [tableKey(id), estimates.get(tableKey(id)) ?? { rows: 0, bytes: 0 }]),
    ),
  };
}

/** The definitions of tables as of now; what is gone is left out. */
export async function readTables(
  options: ReadOptions & { readonly tables: readonly TableId[] },
): Promise<readonly ObjectDefinition[]> {
  const { pool, capabilities, tables } = options;
  const names = tables.map((id): ObjectName => ({ kind: 'table', id }));
  return (await readAll(pool, new LockWaits(options), names, readTable)).map((definition) =>
    asOf(definition, capabilities),
  );
}

/** A definition with what only the server that shows it knows: which it is, and its defaults. */
function asOf(definition: ObjectDefinition, capabilities: ServerCapabilities): ObjectDefinition {
  const server = { flavour: capabilities.flavour, version: parseVersion(capabilities.version) };
  return {
    ...definition,
    sql: withExplicitCollation(definition.sql, capabilities),
    session: { [serverVariable]: serverLiteral(server), ...definition.session },
  };
}

/**
 * Definitions come in the session's character set; stored programs would otherwise come in the one they were written in. Those of tables
 * are read as they are: a server makes them of texts of all kinds, and what it converts loses the characters beyond the BMP.
 */
const useUnicode = (connection: MysqlConnection) => connection.execute('SET character_set_results = utf8mb4');

/** Reads every object, all of one kind, by a few connections in turn; order is kept. What is gone meanwhile is left out. */
async function readAll(
  pool: ConnectionPool,
  waits: LockWaits,
  objects: readonly ObjectName[],
  read: (connection: MysqlConnection, object: ObjectName) => Promise<ObjectDefinition | undefined>,
): Promise<ObjectDefinition[]> {
  const found: (ObjectDefinition | undefined)[] = new Array(objects.length);
  let next = 0;
  const work = async (connection: MysqlConnection) => {
    if (objects[0]?.kind !== 'table') await useUnicode(connection);
    let database: string | undefined;
    for (let i = next++; i < objects.length; i = next++) {
      const object = objects[i]!;
      try {
        // Names of the current database are shown without it, so that a definition can move to another.
        if (object.kind !== 'database' && object.id.database !== database) {
          await connection.execute(`USE ${quoteName(object.id.database)}`);
          database = object.id.database;
        }
        found[i] = await waits.during(object.id, () => read(connection, object));
      } catch (error) {
        if (!goneNumbers.has(serverErrorNumber(error) ?? 0)) throw error;
      }
    }
    await connection.execute('SET character_set_results = binary');
  };
  const readers = Math.min(READERS, Math.ceil(objects.length / 8));
  await Promise.all(Array.from({ length: readers }, () => pool.with(work)));
  return found.filter((definition) => definition !== undefined);
}

/** Unknown database, table, routine, trigger, event; a view that is a table by now. */
const goneNumbers = new Set([1049, 1146, 1305, 1347, 1360, 1539]);

type ShownRow = Record<string, string | null>;

async function show(connection: MysqlConnection, sql: string, object: TableId): Promise<ShownRow> {
  const [row] = await connection.query(sql, { object: tableLabel(object) });
  return row ?? {};
}

/** Throws PRIVILEGE_MISSING when the server shows an object but not its text, as it does to those who may not see it. */
function textOf(row: ShownRow, column: string, { kind, id }: ObjectName): string {
  const text = row[column];
  if (text) return text;
  throw new DtsError('PRIVILEGE_MISSING', `The source does not show the text of ${kind} ${tableLabel(id)}.`, {
    details: { object: tableLabel(id) },
    remedy:
      'Grant SELECT on *.* (or SHOW_ROUTINE), SHOW VIEW, TRIGGER and EVENT to the user of the endpoint.',
  });
}

async function readDatabase(connection: MysqlConnection, object: ObjectName): Promise<ObjectDefinition> {
  const row = await show(connection, `SHOW CREATE DATABASE ${quoteName(object.id.database)}`, object.id);
  return { kind: 'database', id: object.id, sql: textOf(row, 'Create Database', object), session: {} };
}

async function readTable(connection: MysqlConnection, object: ObjectName): Promise<ObjectDefinition> {
  const [row] = await connection.rows(`SHOW CREATE TABLE ${quoteName(object.id.name)}`, {
    object: tableLabel(object.id),
  });
  const sql = shownText(row?.[1] ?? Buffer.alloc(0));
  return { kind: 'table', id: object.id, sql: textOf({ sql }, 'sql', object), session: {} };
}

async function readView(connection: MysqlConnection, object: ObjectName): Promise<ObjectDefinition> {
  const row = await show(connection, `SHOW CREATE VIEW ${quoteName(object.id.name)}`, object.id);
  const sql = textOf(row, 'Create View', object);
  return { kind: 'view', id: object.id, sql, session: sessionOfDefinition(row) };
}

async function readRoutine(connection: MysqlConnection, object: ObjectName): Promise<ObjectDefinition> {
  const type = object.routineType === 'FUNCTION' ? 'Function' : 'Procedure';
  const row = await show(
    connection,
    `SHOW CREATE ${type.toUpperCase()} ${quoteName(object.id.name)}`,
    object.id,
  );
  const sql = textOf(row, `Create ${type}`, object);
  return { kind: 'routine', id: object.id, sql, session: sessionOfDefinition(row) };
}

async function readTrigger(connection: MysqlConnection, object: ObjectName): Promise<ObjectDefinition> {
  const row = await show(connection, `SHOW CREATE TRIGGER ${quoteName(object.id.name)}`, object.id);
  const sql = textOf(row, 'SQL Original Statement', object);
  return { kind: 'trigger', id: object.id, sql, session: sessionOfDefinition(row) };
}

async function readEvent(connection: MysqlConnection, object: ObjectName): Promise<ObjectDefinition> {
  const row = await show(connection, `SHOW CREATE EVENT ${quoteName(object.id.name)}`, object.id);
  const sql = textOf(row, 'Create Event', object);
  return { kind: 'event', id: object.id, sql, session: sessionOfDefinition(row) };
}
