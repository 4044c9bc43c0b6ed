import { executeIfAllowed, type MysqlConnection } from '../connection.ts';
import { nearestCollation } from '../ddl/adapt.ts';
import { serverOf, serverVariable } from '../ddl/dialect.ts';
import { parseVersion } from '../session.ts';

/** Flags of sql_mode that MySQL 8.0 and later know; older ones went away with 8.0 and mean nothing to a definition. */
const mysqlModes = new Set([
  'ALLOW_INVALID_DATES',
  'ANSI',
  'ANSI_QUOTES',
  'ERROR_FOR_DIVISION_BY_ZERO',
  'HIGH_NOT_PRECEDENCE',
  'IGNORE_SPACE',
  'NO_AUTO_VALUE_ON_ZERO',
  'NO_BACKSLASH_ESCAPES',
  'NO_DIR_IN_CREATE',
  'NO_ENGINE_SUBSTITUTION',
  'NO_UNSIGNED_SUBTRACTION',
  'NO_ZERO_DATE',
  'NO_ZERO_IN_DATE',
  'ONLY_FULL_GROUP_BY',
  'PAD_CHAR_TO_FULL_LENGTH',
  'PIPES_AS_CONCAT',
  'REAL_AS_FLOAT',
  'STRICT_ALL_TABLES',
  'STRICT_TRANS_TABLES',
  'TIME_TRUNCATE_FRACTIONAL',
  'TRADITIONAL',
]);

/** Session variables of a stored object by the columns that SHOW CREATE gives beside its text. */
export function sessionOfDefinition(row: Readonly<Record<string, string | null>>): Record<string, string> {
  const session: Record<string, string> = {};
  if (row.sql_mode != null) session.sql_mode = sqlString(row.sql_mode);
  if (row.collation_connection) session.collation_connection = row.collation_connection;
  if (row.time_zone) session.time_zone = sqlString(row.time_zone);
  return session;
}

/** The names and flags used here hold no character that needs more. */
const sqlString = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/**
 * Brings a session into the state a statement ran in, as far as the server knows its variables: what another version or flavour
 * does not know could not have meant anything to it. The text itself travels as utf8mb4, whatever it was written in; string
 * literals still get the character set of collation_connection.
 *
 * The session is of no other use afterwards.
 */
export async function restoreSession(
  connection: MysqlConnection,
  session: Readonly<Record<string, string>>,
): Promise<void> {
  const known = await knownVariables(connection);
  // A table made without a word about its engine is InnoDB too, whatever the default of the source.
  const settings = ['character_set_client = utf8mb4', 'default_storage_engine = InnoDB'];
  const collation = session.collation_connection ?? 'utf8mb4_general_ci';
  settings.push(
    `collation_connection = ${(await knownCollation(connection, collation, session)) ?? 'utf8mb4_general_ci'}`,
  );
  const elsewhere = new Set([
    'character_set_client',
    'character_set_connection',
    'character_set_results',
    'collation_connection',
    'default_storage_engine',
    'lower_case_table_names',
    'storage_engine',
    serverVariable,
  ]);
  for (const [name, given] of Object.entries(session)) {
    const present = known.get(name);
    if (elsewhere.has(name) || present === undefined) continue;
    // Read-only in MySQL 5.6: there it must be so already.
    if (name === 'explicit_defaults_for_timestamp' && isOn(unquoted(given)) === isOn(present)) continue;
    if (name === 'default_collation_for_utf8mb4' && !choosable.has(unquoted(given))) continue;
    const value = name.startsWith('collation_') ? await knownCollation(connection, given, session) : given;
    if (value === undefined) continue;
    if (restricted.has(name)) {
      await executeIfAllowed(connection, `SET ${name} = ${value}`);
      continue;
    }
    settings.push(`${name} = ${name === 'sql_mode' ? knownModes(connection.serverVersion, value) : value}`);
  }
  await connection.execute(`SET ${settings.join(', ')}`);
}

/** Needs SESSION_VARIABLES_ADMIN. Without the privilege the server's own setting decides, and a statement it forbids fails. */
const restricted = new Set([
  'auto_increment_increment',
  'auto_increment_offset',
  'collation_database',
  'default_collation_for_utf8mb4',
  'sql_generate_invisible_primary_key',
  'sql_require_primary_key',
]);

/** All that MySQL takes for default_collation_for_utf8mb4. */
const choosable = new Set(['utf8mb4_0900_ai_ci', 'utf8mb4_general_ci']);

async function knownVariables(connection: MysqlConnection): Promise<ReadonlyMap<string, string>> {
  const rows = await connection.query('SHOW SESSION VARIABLES');
  return new Map(rows.map((row) => [row.Variable_name?.toLowerCase() ?? '', row.Value ?? '']));
}

const isOn = (value: string): boolean => value === '1' || value === 'ON';

/** The collation, or the one that comes nearest to it; undefined when the server has neither. */
async function knownCollation(
  connection: MysqlConnection,
  literal: string,
  session: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const name = unquoted(literal).replace(/[^a-zA-Z0-9_]/g, '');
  const to = serverOf({ [serverVariable]: connection.serverVersion })!;
  const nearest = nearestCollation(name, { from: serverOf(session) ?? to, to });
  for (const candidate of [name, nearest]) {
    if (candidate === undefined) continue;
    if ((await connection.query(`SHOW COLLATION LIKE '${candidate}'`)).length > 0) return candidate;
  }
  return undefined;
}

const unquoted = (text: string): string => text.replace(/^(['"`])(.*)\1$/, '$2');

/** A number (as replicated) is taken as it is. */
function knownModes(serverVersion: string, literal: string): string {
  const { flavour, major } = parseVersion(serverVersion);
  if (flavour === 'mariadb' || major < 8 || !/^['"]/.test(literal)) return literal;
  const flags = unquoted(literal)
    .split(',')
    .map((flag) => flag.trim().toUpperCase())
    .filter((flag) => mysqlModes.has(flag));
  return `'${flags.join(',')}'`;
}
