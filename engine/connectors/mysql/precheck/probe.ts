import type { PrecheckProbe } from '../../../core/precheck.ts';
import type { ConnectorContext } from '../../../core/source.ts';
import { askCapabilities } from '../capabilities.ts';
import { connect } from '../connect.ts';
import type { MysqlConnection } from '../connection.ts';
import { ConnectionPool } from '../connection-pool.ts';
import { readTables } from '../structure/read-structure.ts';
import { misfitFacts } from './misfit-facts.ts';
import { sourceFacts } from './source-facts.ts';
import { targetFacts } from './target-facts.ts';

/** Facts of one end for the precheck. */
export function mysqlProbe({ endpoint, clock, signal }: ConnectorContext): PrecheckProbe {
  let connection: MysqlConnection | undefined;
  let pool: ConnectionPool | undefined;
  const open = async (role: 'source' | 'target') => {
    connection = await connect(endpoint, { purpose: 'admin', role, signal });
    return connection;
  };
  return {
    source: async (selection) => sourceFacts(await open('source'), clock, selection),
    target: async (tables, mapping, databases) =>
      targetFacts(
        await open('target'),
        clock,
        tables.map((table) => mapping.table(table)),
        databases.map((database) => mapping.database(database)),
      ),
    definitions: async (tables) => {
      pool = new ConnectionPool(endpoint, { purpose: 'admin', role: 'source', signal }, clock.now);
      return await readTables({ pool, capabilities: await pool.with(askCapabilities), tables });
    },
    misfits: async (definitions, mapping, defaultsLeftOut) =>
      misfitFacts(await open('target'), definitions, mapping, defaultsLeftOut),
    close: async () => {
      await pool?.close();
      await connection?.close();
    },
  };
}
