import type { Client } from '../../product/client.ts';
import { TaskHandle } from '../../product/task.ts';

export interface TaskSummary {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly kind: string;
}

/** The tasks that the service has. */
export async function tasksOf(client: Client): Promise<TaskSummary[]> {
  const { tasks } = await client.query<{ tasks: { edges: { node: TaskSummary }[] } }>(
    '{ tasks(first: 100) { edges { node { id name state kind } } } }',
  );
  return tasks.edges.map(({ node }) => node);
}

/** Names of the endpoints that the service has. */
export async function endpointsOf(client: Client): Promise<{ readonly id: string; readonly name: string }[]> {
  const { endpoints } = await client.query<{
    endpoints: { edges: { node: { id: string; name: string } }[] };
  }>('{ endpoints(first: 100) { edges { node { id name } } } }');
  return endpoints.edges.map(({ node }) => node);
}

/** Names of the tokens that open the service. */
export async function openTokens(client: Client): Promise<string[]> {
  const { apiTokens } = await client.query<{
    apiTokens: { edges: { node: { name: string; revokedAt: string | null } }[] };
  }>('{ apiTokens(first: 100) { edges { node { name revokedAt } } } }');
  return apiTokens.edges.filter(({ node }) => node.revokedAt === null).map(({ node }) => node.name);
}

/** Removes every task, as somebody does who knows nothing of a state. Gives what was there. */
export async function removeTasks(client: Client): Promise<readonly TaskSummary[]> {
  const tasks = await tasksOf(client);
  for (const { id, state } of tasks) {
    const task = new TaskHandle(client, id);
    if (['RUNNING', 'READY_TO_COMPLETE', 'RETRYING', 'QUEUED'].includes(state))
      await task.operate('stopTask');
    await task.waitFor([
      'DRAFT',
      'CHECK_PASSED',
      'CHECK_FAILED',
      'PAUSED',
      'STOPPED',
      'ERROR',
      'COMPLETED',
      'FAILED',
    ]);
    await task.destroy();
  }
  return tasks;
}

/** Removes every task and endpoint, so that a failed test leaves nothing to the next. Gives the names of what was there. */
export async function removeAll(client: Client): Promise<string[]> {
  const tasks = await removeTasks(client);
  const endpoints = await endpointsOf(client);
  for (const { id } of endpoints) await client.mutate('deleteEndpoint', { id }, 'id');
  return [...tasks, ...endpoints].map(({ name }) => name);
}
