import { type ConnectorContext, defaultPatience } from '../../core/source.ts';
import type { Target } from '../../core/target.ts';
import {
  forgetCheckpoint,
  prepareCheckpoints,
  readCheckpoint,
  writeCheckpoint,
} from './apply/checkpoints.ts';
import { openApplySession } from './apply/session.ts';
import { askCapabilities, type ServerCapabilities } from './capabilities.ts';
import { connect } from './connect.ts';
import { ConnectionPool } from './connection-pool.ts';
import { bulkTarget } from './snapshot/bulk-target.ts';
import { structureTarget } from './structure/structure-target.ts';

/** The writing side of MySQL and MariaDB. Nothing is connected before it is needed. */
export async function openMysqlTarget(context: ConnectorContext): Promise<Target> {
  const { endpoint, clock, logger, patience = defaultPatience } = context;
  const stallTimeoutMs = patience.stallMillis;
  const role = 'target' as const;
  const loaders = new ConnectionPool(endpoint, { purpose: 'write', role, stallTimeoutMs }, clock.now);
  const makers = new ConnectionPool(endpoint, { purpose: 'admin', role, stallTimeoutMs }, clock.now);
  let known: ServerCapabilities | undefined;
  const capabilities = async () => {
    known = await makers.with(askCapabilities);
    return known;
  };
  return {
    prepare: () => makers.with(prepareCheckpoints),
    async readCheckpoint(taskId) {
      // The first thing that a run asks: from then on `plan`, which asks nothing, knows the server.
      await capabilities();
      return await makers.with((connection) => readCheckpoint(connection, taskId));
    },
    writeCheckpoint: (taskId, checkpoint) =>
      makers.with((connection) => writeCheckpoint(connection, taskId, checkpoint)),
    forget: (taskId) => makers.with((connection) => forgetCheckpoint(connection, taskId)),
    structure: structureTarget({
      pool: makers,
      fresh: () => connect(endpoint, { purpose: 'admin', role, stallTimeoutMs }),
      capabilities,
      known: () => known,
    }),
    bulk: bulkTarget({ pool: loaders, capabilities }),
    openApply: (taskId, listener) =>
      openApplySession({
        endpoint,
        taskId,
        stallTimeoutMs,
        onAnomaly: ({ table, expectedRows, foundRows }) => {
          logger.debug({ taskId, table, expectedRows, foundRows }, 'a change did not find its row');
          listener?.onMissing({ table, rows: expectedRows - foundRows });
        },
      }),
    async close() {
      await Promise.all([loaders.close(), makers.close()]);
    },
  };
}
