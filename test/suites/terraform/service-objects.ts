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

export interface TokenSummary {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly expiresAt: string | null;
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
}

interface TokenPage {
  readonly edges: readonly { readonly node: TokenSummary }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** The tokens that the service has, in the order of their creation; revoked ones too. */
export async function tokensOf(client: Client): Promise<TokenSummary[]> {
  const found: TokenSummary[] = [];
  for (let after: string | null = null; ; ) {
    const { apiTokens }: { apiTokens: TokenPage } = await client.query(
      `query($after: String) { apiTokens(first: 100, after: $after) {
        edges { node { id name scopes expiresAt lastUsedAt revokedAt } } pageInfo { hasNextPage endCursor } } }`,
      { after },
    );
    found.push(...apiTokens.edges.map(({ node }) => node));
    if (!apiTokens.pageInfo.hasNextPage) return found;
    after = apiTokens.pageInfo.endCursor;
  }
}

/** Names of the tokens that open the service. */
export async function openTokens(client: Client): Promise<string[]> {
  const tokens = await tokensOf(client);
  return tokens.filter(({ revokedAt }) => revokedAt === null).map(({ name }) => name);
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
