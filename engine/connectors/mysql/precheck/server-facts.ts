import type { Clock } from '../../../core/clock.ts';
import type { ServerFacts } from '../../../core/precheck.ts';
import { askCapabilities, type ServerCapabilities } from '../capabilities.ts';
import type { MysqlConnection } from '../connection.ts';
import { parseVersion } from '../session.ts';
import { type Grant, parseGrant } from './grants.ts';

export interface Asked {
  readonly facts: Omit<ServerFacts, 'missingPrivileges'>;
  readonly grants: readonly Grant[];
  readonly capabilities: ServerCapabilities;
}

export async function askServer(connection: MysqlConnection, clock: Clock): Promise<Asked> {
  const capabilities = await askCapabilities(connection);
  const rows = await connection.query('SHOW GLOBAL VARIABLES');
  const variables = Object.fromEntries(
    rows.map((row) => [row.Variable_name?.toLowerCase() ?? '', row.Value ?? '']),
  );
  const asked = clock.now();
  const [time] = await connection.query('SELECT UNIX_TIMESTAMP(NOW(6)) * 1000 AS millis');
  const middle = (asked + clock.now()) / 2;
  const { flavour, major, minor } = parseVersion(connection.serverVersion);
  const supported =
    flavour === 'mariadb'
      ? major > 10 || (major === 10 && minor >= 6)
      : major > 5 || (major === 5 && minor >= 6);
  return {
    facts: {
      flavour: flavour === 'mariadb' ? 'MariaDB' : 'MySQL',
      version: capabilities.version,
      supported,
      server: capabilities.server,
      variables,
      clockSkewMillis: Math.round(Number(time?.millis) - middle),
    },
    grants: await readGrants(connection, flavour, major),
    capabilities,
  };
}

/** Grants of the user and of the roles that are active when it logs in. */
async function readGrants(
  connection: MysqlConnection,
  flavour: 'mysql' | 'mariadb',
  major: number,
): Promise<readonly Grant[]> {
  const statements = ['SHOW GRANTS FOR CURRENT_USER()'];
  if (flavour === 'mariadb' || major >= 8) {
    const [row] = await connection.query('SELECT CURRENT_ROLE() AS roles');
    const roles = row?.roles;
    if (flavour === 'mariadb' && roles) statements.push('SHOW GRANTS FOR CURRENT_ROLE');
    if (flavour === 'mysql' && roles && roles !== 'NONE') statements[0] += ` USING ${roles}`;
  }
  const grants: Grant[] = [];
  for (const statement of statements) {
    for (const row of await connection.rows(statement)) {
      const grant = parseGrant(row[0]?.toString('utf8') ?? '');
      if (grant) grants.push(grant);
    }
  }
  return grants;
}
