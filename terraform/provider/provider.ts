import { configuration } from './configuration.ts';
import type { Connection } from './connection.ts';
import { engineCapabilities } from './data-sources/engine-capabilities.ts';
import { precheck } from './data-sources/precheck.ts';
import { tables } from './data-sources/tables.ts';
import { task } from './data-sources/task.ts';
import { taskProgress } from './data-sources/task-progress.ts';
import { accessToken } from './ephemeral/access-token.ts';
import { parseDsn } from './functions/parse-dsn.ts';
import { tablePattern } from './functions/table-pattern.ts';
import { TYPE } from './package/addresses.ts';
import type { Provider } from './protocol/contracts/provider.ts';
import { apiToken } from './resources/api-token.ts';
import { cutover } from './resources/cutover.ts';
import { endpoint } from './resources/endpoint.ts';
import { migrationTask } from './resources/migration-task.ts';
import { syncTask } from './resources/sync-task.ts';
import { version } from './version.ts';

/** The list of all that the provider offers. */
export const provider: Provider<Connection> = {
  ...configuration,
  name: TYPE,
  version,
  resources: {
    opendts_endpoint: endpoint,
    opendts_migration_task: migrationTask,
    opendts_sync_task: syncTask,
    opendts_cutover: cutover,
    opendts_api_token: apiToken,
  },
  dataSources: {
    opendts_task: task,
    opendts_task_progress: taskProgress,
    opendts_tables: tables,
    opendts_precheck: precheck,
    opendts_engine_capabilities: engineCapabilities,
  },
  ephemeralResources: { opendts_access_token: accessToken },
  functions: { parse_dsn: parseDsn, table_pattern: tablePattern },
};
