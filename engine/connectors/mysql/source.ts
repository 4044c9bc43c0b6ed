import { type ConnectorContext, defaultPatience, type Source } from '../../core/source.ts';
import { askCapabilities, type ServerCapabilities } from './capabilities.ts';
import { captureBinlog } from './capture/capture-binlog.ts';
import { createDecoder } from './capture/decoder.ts';
import { ConnectionPool } from './connection-pool.ts';
import { evolve } from './ddl/evolve.ts';
import { effectOfFailed } from './ddl/failed-statement.ts';
import { restoreHistory } from './ddl/history.ts';
import { mysqlPositions } from './position.ts';
import { snapshotSource } from './snapshot/snapshot-source.ts';
import { sourceSettings } from './source-settings.ts';
import { readStructure } from './structure/read-structure.ts';
import { visiblePosition, withoutGivenUp, writtenPosition } from './watermark.ts';

/** The reading side of MySQL and MariaDB. Nothing is connected before it is needed. */
export async function openMysqlSource(context: ConnectorContext): Promise<Source> {
  const { endpoint, clock, logger, onWaiting, patience = defaultPatience } = context;
  const stallTimeoutMs = patience.stallMillis;
  const role = 'source' as const;
  // Rows of the full load keep their server busy; positions and structure must not wait behind them.
  const readers = new ConnectionPool(endpoint, { purpose: 'read', role, stallTimeoutMs }, clock.now);
  const questions = new ConnectionPool(endpoint, { purpose: 'admin', role, stallTimeoutMs }, clock.now);
  const capabilities = () => questions.with(askCapabilities);
  const watermarks = <T>(
    work: (at: {
      connection: Parameters<Parameters<typeof questions.with>[0]>[0];
      capabilities: ServerCapabilities;
      clock: typeof clock;
    }) => Promise<T>,
  ) =>
    questions.with(async (connection) =>
      work({ connection, capabilities: await askCapabilities(connection), clock }),
    );

  return {
    positions: mysqlPositions,
    async identity() {
      const { server, version, flavour, gtid, logsCascades } = await capabilities();
      return { server, version, flavour, positionsSurviveFailover: gtid, logsCascades };
    },
    visiblePosition: (tables) => watermarks((at) => visiblePosition(at, tables)),
    writtenPosition: (tables) => watermarks((at) => writtenPosition(at, tables)),
    withoutGivenUp: (marks) => watermarks((at) => withoutGivenUp(at, marks)),
    readStructure: async (selection) =>
      readStructure({ pool: questions, capabilities: await capabilities(), clock, onWaiting, selection }),
    snapshot: snapshotSource({ pool: readers, capabilities, clock }),
    capture: (options) =>
      captureBinlog({ ...options, endpoint, clock, logger, heartbeatMillis: patience.heartbeatMillis }),
    decoder: (history, selection, given) =>
      createDecoder({ ...given, history, selection, evolve, effectOfFailed, settingsOf: sourceSettings }),
    restoreHistory,
    async close() {
      await Promise.all([readers.close(), questions.close()]);
    },
  };
}
