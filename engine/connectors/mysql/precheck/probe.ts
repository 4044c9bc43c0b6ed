import type { PrecheckProbe } from '../../../core/precheck.ts';
import type { ConnectorContext } from '../../../core/source.ts';
import { connect } from '../connect.ts';
import type { MysqlConnection } from '../connection.ts';
import { sourceFacts } from './source-facts.ts';
import { targetFacts } from './target-facts.ts';

/** Facts of one end for the precheck, by one connection. */
export function mysqlProbe({ endpoint, clock, signal }: ConnectorContext): PrecheckProbe {
  let connection: MysqlConnection | undefined;
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
    close: async () => {
      await connection?.close();
    },
  };
}
