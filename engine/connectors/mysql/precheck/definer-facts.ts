import type { DefinerFacts, DefinerRights } from '../../../core/precheck.ts';
import { tableKey } from '../../../core/table.ts';
import type { MysqlConnection } from '../connection.ts';
import { quoteText } from '../identifier.ts';
import { serverErrorNumber, tableDenied } from '../server-error.ts';
import { parseVersion } from '../session.ts';
import type { ObjectName, ObjectNames } from '../structure/list-objects.ts';
import { isGranted } from './grants.ts';
import type { Asked } from './server-facts.ts';

/** Of the objects among `names`, those that act with the rights of their definer. */
export async function definerFacts(connection: MysqlConnection, names: ObjectNames): Promise<DefinerFacts[]> {
  const databases = [...new Set(names.databases.map(({ id }) => id.database))].map(quoteText).join(', ');
  if (databases === '') return [];
  const ask = async (options: {
    among: readonly ObjectName[];
    table: string;
    schema: string;
    name: string;
    condition?: string;
  }): Promise<DefinerFacts[]> => {
    const { among, table, schema, name, condition = 'TRUE' } = options;
    const chosen = new Map(among.map(({ kind, id }) => [tableKey(id), kind]));
    if (chosen.size === 0) return [];
    const rows = await connection.query(
      `SELECT ${schema} AS db, ${name} AS name, DEFINER AS account FROM information_schema.${table}
       WHERE CAST(${schema} AS BINARY) IN (${databases}) AND ${condition} ORDER BY ${schema}, ${name}`,
    );
    return rows.flatMap(({ db, name: object, account }) => {
      const id = { database: db ?? '', name: object ?? '' };
      const kind = chosen.get(tableKey(id));
      if (!account || kind === undefined || kind === 'table' || kind === 'database') return [];
      return [{ kind, id, account }];
    });
  };
  const condition = "SECURITY_TYPE = 'DEFINER'";
  return [
    ...(await ask({
      among: names.views,
      table: 'VIEWS',
      schema: 'TABLE_SCHEMA',
      name: 'TABLE_NAME',
      condition,
    })),
    ...(await ask({
      among: names.routines,
      table: 'ROUTINES',
      schema: 'ROUTINE_SCHEMA',
      name: 'ROUTINE_NAME',
      condition,
    })),
    ...(await ask({
      among: names.triggers,
      table: 'TRIGGERS',
      // By which the server looks for tables; by TRIGGER_SCHEMA it would open those of all databases.
      schema: 'EVENT_OBJECT_SCHEMA',
      name: 'TRIGGER_NAME',
    })),
    ...(await ask({ among: names.events, table: 'EVENTS', schema: 'EVENT_SCHEMA', name: 'EVENT_NAME' })),
  ];
}

export async function definerRights(
  connection: MysqlConnection,
  { grants }: Pick<Asked, 'grants'>,
): Promise<DefinerRights> {
  const { flavour, major, minor } = parseVersion(connection.serverVersion);
  const since = (...[x, y]: [number, number]) =>
    flavour === 'mysql' && (major > x || (major === x && minor >= y));
  // MySQL 8.2 made two of SET_USER_ID.
  const two = since(8, 2);
  const privilege =
    flavour === 'mariadb' ? 'SET USER' : two ? 'SET_ANY_DEFINER' : since(8, 0) ? 'SET_USER_ID' : 'SUPER';
  const others = isGranted(grants, privilege) || isGranted(grants, 'SUPER');
  const [row] = await connection.query('SELECT CURRENT_USER() AS own');
  const guards = since(8, 0) && !isGranted(grants, 'SYSTEM_USER');
  return {
    own: row?.own ?? '',
    others,
    missing: two ? isGranted(grants, 'ALLOW_NONEXISTENT_DEFINER') || isGranted(grants, 'SUPER') : others,
    existing: await accounts(connection, 'SELECT User AS user, Host AS host FROM mysql.user'),
    guarded: (guards ? await accounts(connection, guardedAccounts) : undefined) ?? [],
    privilege,
  };
}

const guardedAccounts =
  "SELECT USER AS user, HOST AS host FROM mysql.global_grants WHERE PRIV = 'SYSTEM_USER'";

async function accounts(connection: MysqlConnection, sql: string): Promise<string[] | undefined> {
  try {
    const rows = await connection.query(sql);
    // A role of MariaDB is an account without a host.
    return rows.map(({ user, host }) => (host ? `${user}@${host}` : (user ?? '')));
  } catch (error) {
    if (tableDenied.has(serverErrorNumber(error) ?? 0)) return undefined;
    throw error;
  }
}
