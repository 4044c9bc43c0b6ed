import type { SchemaStatement } from '../../../core/change.ts';
import { DtsError } from '../../../core/errors.ts';
import { charsetOf, collationName } from '../types/collations.ts';
import type { Piece } from './piece.ts';
import { parseQueryEvent } from './query-event.ts';
import { type StatusVariables, statusVariables } from './status-variables.ts';

/**
 * The statement of a query event with the session that it ran in, and whether it failed there. Throws DDL_NOT_UNDERSTOOD for text in an
 * unknown character set.
 */
export function schemaStatement(piece: Piece): SchemaStatement & { readonly failed: boolean } {
  const { status, database, text, error } = parseQueryEvent(piece.body);
  const variables = statusVariables(status, piece.mariadb);
  const session = sessionOf(variables, piece);
  return { text: decodeText(text, variables, database), database, session, failed: error !== 0 };
}

/** Bits of flags2: OPTION_* of sql/query_options.h. */
const flags2 = {
  explicitDefaults: 1 << 12,
  autoIsNull: 1 << 14,
  noForeignKeyChecks: 1 << 26,
  relaxedUniqueChecks: 1 << 27,
};

function sessionOf(variables: StatusVariables, { mariadb, timestamp }: Piece): Record<string, string> {
  const session: Record<string, string> = {};
  const set = (name: string, value: string | undefined) => {
    if (value !== undefined) session[name] = value;
  };
  const collation = (id: number | undefined) => (id ? quotedOf(collationName(id, mariadb)) : undefined);
  const flag = (bit: number) => (variables.flags2 === undefined ? undefined : (variables.flags2 & bit) !== 0);
  const { sqlMode, client } = variables;
  if (sqlMode !== undefined) set('sql_mode', quotedOf(sqlModeNames(sqlMode, mariadb)));
  const clientCollation = client ? collationName(client, mariadb) : undefined;
  if (clientCollation) set('character_set_client', quotedOf(charsetOf(clientCollation)));
  set('collation_connection', collation(variables.connection));
  set('collation_server', collation(variables.server));
  set('collation_database', collation(variables.database));
  set('default_collation_for_utf8mb4', quotedOf(utf8mb4Default(variables, mariadb)));
  set('character_set_collations', collationPairs(variables.characterSetCollations));
  set('time_zone', quotedOf(variables.timeZone));
  // By number, as logged; en_US is not logged.
  set('lc_time_names', String(variables.timeNames ?? 0));
  set('auto_increment_increment', variables.autoIncrementIncrement?.toString());
  set('auto_increment_offset', variables.autoIncrementOffset?.toString());
  set('foreign_key_checks', bit(negated(flag(flags2.noForeignKeyChecks))));
  set('unique_checks', bit(negated(flag(flags2.relaxedUniqueChecks))));
  set('sql_auto_is_null', bit(flag(flags2.autoIsNull)));
  const explicit = mariadb ? flag(flags2.explicitDefaults) : variables.explicitDefaultsForTimestamp;
  set('explicit_defaults_for_timestamp', bit(explicit));
  set('sql_require_primary_key', bit(variables.requirePrimaryKey));
  set('timestamp', `${timestamp}.${String(variables.microseconds ?? 0).padStart(6, '0')}`);
  return session;
}

const quotedOf = (text: string | undefined) =>
  text === undefined ? undefined : `'${text.replaceAll("'", "''")}'`;
const bit = (value: boolean | undefined) => (value === undefined ? undefined : value ? '1' : '0');
const negated = (value: boolean | undefined) => (value === undefined ? undefined : !value);

/** Logged by MySQL 8.0.11+ always, by MariaDB 11.3+ among others; before, the default could not be chosen. */
function utf8mb4Default(variables: StatusVariables, mariadb: boolean): string | undefined {
  const { defaultForUtf8mb4: own, characterSetCollations: pairs = [] } = variables;
  if (own) return collationName(own, mariadb);
  for (const [, id] of pairs) {
    const name = collationName(id, true);
    if (name && charsetOf(name) === 'utf8mb4') return name;
  }
  return 'utf8mb4_general_ci';
}

function collationPairs(pairs: StatusVariables['characterSetCollations']): string | undefined {
  if (!pairs) return undefined;
  const texts = pairs.map(([charset, collation]) => {
    const [from, to] = [collationName(charset, true), collationName(collation, true)];
    return from && to ? `${charsetOf(from)}=${to}` : '';
  });
  return quotedOf(texts.filter((text) => text !== '').join(','));
}

/** Bits of sql_mode, from the lowest. */
const sqlModes = [
  'REAL_AS_FLOAT',
  'PIPES_AS_CONCAT',
  'ANSI_QUOTES',
  'IGNORE_SPACE',
  '',
  'ONLY_FULL_GROUP_BY',
  'NO_UNSIGNED_SUBTRACTION',
  'NO_DIR_IN_CREATE',
  'POSTGRESQL',
  'ORACLE',
  'MSSQL',
  'DB2',
  'MAXDB',
  'NO_KEY_OPTIONS',
  'NO_TABLE_OPTIONS',
  'NO_FIELD_OPTIONS',
  'MYSQL323',
  'MYSQL40',
  'ANSI',
  'NO_AUTO_VALUE_ON_ZERO',
  'NO_BACKSLASH_ESCAPES',
  'STRICT_TRANS_TABLES',
  'STRICT_ALL_TABLES',
  'NO_ZERO_IN_DATE',
  'NO_ZERO_DATE',
  'ALLOW_INVALID_DATES',
  'ERROR_FOR_DIVISION_BY_ZERO',
  'TRADITIONAL',
  'NO_AUTO_CREATE_USER',
  'HIGH_NOT_PRECEDENCE',
  'NO_ENGINE_SUBSTITUTION',
  'PAD_CHAR_TO_FULL_LENGTH',
];

export function sqlModeNames(bits: bigint, mariadb: boolean): string {
  const high = mariadb
    ? ['EMPTY_STRING_IS_NULL', 'SIMULTANEOUS_ASSIGNMENT', 'TIME_ROUND_FRACTIONAL']
    : ['TIME_TRUNCATE_FRACTIONAL'];
  const all = [...sqlModes, ...high];
  if (mariadb) all[4] = 'IGNORE_BAD_TABLE_OPTIONS';
  return all.filter((name, i) => name !== '' && (bits >> BigInt(i)) & 1n).join(',');
}

/** Names of the WHATWG encodings for MySQL's character sets. Unicode ones with two or four bytes cannot be a client's. */
const encodings: Readonly<Record<string, string>> = {
  utf8mb4: 'utf-8',
  utf8mb3: 'utf-8',
  utf8: 'utf-8',
  ascii: 'utf-8',
  binary: 'utf-8',
  latin1: 'windows-1252',
  latin2: 'iso-8859-2',
  latin5: 'windows-1254',
  latin7: 'iso-8859-13',
  greek: 'iso-8859-7',
  hebrew: 'iso-8859-8',
  cp1250: 'windows-1250',
  cp1251: 'windows-1251',
  cp1256: 'windows-1256',
  cp1257: 'windows-1257',
  cp866: 'ibm866',
  koi8r: 'koi8-r',
  koi8u: 'koi8-u',
  tis620: 'windows-874',
  gbk: 'gbk',
  gb2312: 'gbk',
  gb18030: 'gb18030',
  big5: 'big5',
  sjis: 'shift_jis',
  cp932: 'shift_jis',
  ujis: 'euc-jp',
  eucjpms: 'euc-jp',
  euckr: 'euc-kr',
};

function decodeText(text: Buffer, { client }: StatusVariables, database: string): string {
  const collation = client ? collationName(client, false) : 'utf8mb4_bin';
  // Most statements are plain ASCII, alike in every character set of a client.
  if (text.every((byte) => byte < 0x80)) return text.toString('latin1');
  const encoding = encodings[charsetOf(collation ?? '')];
  try {
    if (encoding) return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(text);
  } catch {
    // Told below: the bytes are none of that character set.
  }
  throw new DtsError(
    'DDL_NOT_UNDERSTOOD',
    `A schema change is written in a character set that cannot be read here: ${collation ?? client}.`,
    { details: { object: database, statement: text.toString('latin1').slice(0, 200) } },
  );
}
