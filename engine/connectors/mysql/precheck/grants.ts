/** One line of SHOW GRANTS. */
export interface Grant {
  /** Upper case, without column lists; `ALL PRIVILEGES` for all of its level. */
  readonly privileges: ReadonlySet<string>;
  /** Undefined for `*.*`. A pattern with `%`, `_` and `\`. */
  readonly database?: string | undefined;
  /** Undefined for `database.*`. */
  readonly table?: string | undefined;
}

const line =
  /^GRANT (.+) ON (?:TABLE )?(\*|`(?:[^`]|``)*`|"(?:[^"]|"")*")\.(\*|`(?:[^`]|``)*`|"(?:[^"]|"")*") TO /;

/** Undefined for grants of roles, proxies and routines. */
export function parseGrant(text: string): Grant | undefined {
  const match = line.exec(text);
  if (!match) return undefined;
  const [, list = '', database = '', table = ''] = match;
  const privileges = new Set(
    list
      .replace(/\([^)]*\)/g, '')
      .split(',')
      .map((privilege) => privilege.trim().toUpperCase()),
  );
  return {
    privileges,
    ...(database === '*' ? {} : { database: unquote(database) }),
    ...(table === '*' ? {} : { table: unquote(table) }),
  };
}

const unquote = (name: string): string => name.slice(1, -1).replaceAll('``', '`').replaceAll('""', '"');

/** What MariaDB, and MySQL in part, calls a privilege besides its usual name. */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  'REPLICATION CLIENT': ['BINLOG MONITOR', 'SUPER'],
  'REPLICATION SLAVE': ['REPLICATION REPLICA'],
  'SLAVE MONITOR': ['REPLICA MONITOR', 'SUPER'],
};

/** True when the grants give `privilege` on the level asked for: global without database, on a database, on one table. */
export function isGranted(
  grants: readonly Grant[],
  privilege: string,
  database?: string,
  table?: string,
): boolean {
  const names = ['ALL PRIVILEGES', 'ALL', privilege, ...(otherNames[privilege] ?? [])];
  return grants.some((grant) => {
    if (!names.some((name) => grant.privileges.has(name))) return false;
    if (grant.database === undefined) return true;
    if (database === undefined || !matches(grant.database, database)) return false;
    return grant.table === undefined || grant.table === table;
  });
}

/** LIKE without the server: `%` any text, `_` any character, `\` makes the next one plain. */
function matches(pattern: string, name: string): boolean {
  const source = pattern.replace(/\\(.)|[.*+?^${}()|[\]]|%|_/gs, (part, plain: string | undefined) => {
    if (part === '%') return '.*';
    if (part === '_') return '.';
    return `\\${plain ?? part}`.replace(/^\\([A-Za-z0-9_])$/, '$1');
  });
  return new RegExp(`^${source}$`, 's').test(name);
}
