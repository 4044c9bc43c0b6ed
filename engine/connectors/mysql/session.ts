/**
 * Session settings under which values pass unchanged. Whatever a server's configuration says, a session of ours behaves alike:
 * no conversion of character sets or time zones, no strict mode that refuses a stored value (warnings are checked instead), no
 * silent limits, no wait without an end.
 */

/** What a session is for: see ConnectOptions. */
export type Purpose = 'read' | 'write' | 'admin';

/** `flavour` and numeric parts of a server's version text. MariaDB may greet as `5.5.5-10.11.18-MariaDB`. */
export function parseVersion(text: string): {
  flavour: 'mysql' | 'mariadb';
  major: number;
  minor: number;
  patch: number;
} {
  const flavour = /mariadb/i.test(text) ? 'mariadb' : 'mysql';
  const [major, minor, patch] = text
    .replace(/^5\.5\.5-(?=\d+\.)/, '')
    .split(/[.\-+]/, 3)
    .map(Number);
  return { flavour, major: major ?? 0, minor: minor ?? 0, patch: patch ?? 0 };
}

/** True when `version` (as greeted) is MySQL of at least the given version; false for MariaDB. */
export function isMysqlAtLeast(version: string, major: number, minor: number, patch = 0): boolean {
  const v = parseVersion(version);
  const order = v.major - major || v.minor - minor || v.patch - patch;
  return v.flavour === 'mysql' && order >= 0;
}

/** A metadata lock may be waited for a year by default: a silent stall. */
export const usualLockWaitSeconds = 100;

/** Statements to run once after connecting. */
export function sessionStatements(serverVersion: string, purpose: Purpose): string[] {
  const mariadb = parseVersion(serverVersion).flavour === 'mariadb';
  const settings: Record<string, string | number> = {
    // Zero is a value of auto_increment columns and 2024-02-31 one of dates, where the source has them.
    sql_mode: "'NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION'",
    time_zone: "'+00:00'",
    autocommit: 1,
    sql_auto_is_null: 0,
    sql_safe_updates: 0,
    sql_select_limit: 'DEFAULT',
    sql_big_selects: 1,
    sql_quote_show_create: 1,
    wait_timeout: 28_800,
    net_read_timeout: 3600,
    net_write_timeout: 3600,
    lock_wait_timeout: usualLockWaitSeconds,
    foreign_key_checks: 0,
    unique_checks: 1,
    group_concat_max_len: 1_048_576,
    ...(purpose === 'read' ? {} : { default_storage_engine: 'InnoDB' }),
  };
  if (mariadb) settings.max_statement_time = 0;
  if (isMysqlAtLeast(serverVersion, 5, 7, 8)) settings.max_execution_time = 0;
  if (isMysqlAtLeast(serverVersion, 8, 0, 3)) settings.information_schema_stats_expiry = 0;
  // The rows of the log have that key, whatever the server shows.
  if (isMysqlAtLeast(serverVersion, 8, 0, 30)) settings.show_gipk_in_create_table_and_information_schema = 1;
  const list = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  const isolation = purpose === 'write' ? 'READ COMMITTED' : 'REPEATABLE READ';
  return [`SET NAMES binary, ${list.join(', ')}`, `SET SESSION TRANSACTION ISOLATION LEVEL ${isolation}`];
}

/**
 * A statement to run after connecting to a target, where the user may: it needs SESSION_VARIABLES_ADMIN. Without the privilege the
 * server's own settings decide whether tables without a primary key are refused or get one, and whether foreign keys may refer to what is
 * no unique key. Undefined where a server has no such settings.
 */
export function privilegedStatement(serverVersion: string): string | undefined {
  const settings: string[] = [];
  if (isMysqlAtLeast(serverVersion, 8, 0, 13)) settings.push('sql_require_primary_key=0');
  if (isMysqlAtLeast(serverVersion, 8, 0, 30)) settings.push('sql_generate_invisible_primary_key=0');
  if (isMysqlAtLeast(serverVersion, 8, 4, 0)) settings.push('restrict_fk_on_non_standard_key=0');
  return settings.length === 0 ? undefined : `SET ${settings.join(', ')}`;
}
