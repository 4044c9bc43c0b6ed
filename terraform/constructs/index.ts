// All that stacks use; the rest of the folder may change.
export { AccessToken } from './access-token.ts';
export { Cutover } from './cutover.ts';
export { existingEndpoint, MariaDbEndpoint, MySqlEndpoint } from './database-endpoint.ts';
export { Gate } from './gate.ts';
export { MigrationTask } from './migration-task.ts';
export { OpendtsProvider } from './opendts-provider.ts';
export { SecretVariable } from './secret-variable.ts';
export { database } from './selection.ts';
export { SyncTask } from './sync-task.ts';
