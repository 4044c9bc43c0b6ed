import type { ConnectorContext } from '../../core/source.ts';
import { connect } from './connect.ts';
import { mysqlProbe } from './precheck/probe.ts';
import { parseVersion } from './session.ts';
import { openMysqlSource } from './source.ts';
import { mysqlCatalog } from './structure/catalog.ts';
import { openMysqlTarget } from './target.ts';

/** MySQL 5.6 and newer, MariaDB 10.6 and newer. */
export const mysqlConnector = {
  openSource: openMysqlSource,
  openTarget: openMysqlTarget,
  openProbe: mysqlProbe,
  openCatalog: mysqlCatalog,
  greet,
};

async function greet({ endpoint }: ConnectorContext): Promise<{ version: string; flavour: string }> {
  const connection = await connect(endpoint, { purpose: 'admin', role: 'server' });
  try {
    const [row] = await connection.query('SELECT VERSION() AS version');
    const { flavour } = parseVersion(connection.serverVersion);
    return {
      version: row?.version ?? connection.serverVersion,
      flavour: flavour === 'mariadb' ? 'MariaDB' : 'MySQL',
    };
  } finally {
    await connection.close();
  }
}
