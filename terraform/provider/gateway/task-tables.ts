import type { GatewayClient } from './client.ts';
import { type Connection, connectionItems } from './pages.ts';

/** A table that a task carries, by its name at the source. */
export interface TaskTable {
  readonly database: string;
  readonly name: string;
  /** Its name at the target, with the database: `shop.orders`. */
  readonly target: string;
  readonly state: 'PENDING' | 'COPYING' | 'COPIED' | 'REPLICATING' | 'RELOADING' | 'DROPPED' | 'ERROR';
}

/** Those that the task has begun with; what was selected a moment ago may lack. */
export async function taskTables(
  client: GatewayClient,
  id: string,
  signal?: AbortSignal,
): Promise<readonly TaskTable[]> {
  return await connectionItems<TaskTable>(client, {
    operation: 'task',
    document: `query taskTables($id: ID!, $after: String) {
      task(id: $id) {
        tables(first: 100, after: $after) {
          edges { node { database name target state } } pageInfo { hasNextPage endCursor }
        }
      }
    }`,
    variables: { id },
    connection: (data) => (data as { task?: { tables?: Connection<TaskTable> } | null }).task?.tables,
    signal,
  });
}
