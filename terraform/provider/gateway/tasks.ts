import type { GatewayClient } from './client.ts';
import { connectionItems } from './pages.ts';

export type TaskKind = 'MIGRATION' | 'SYNCHRONIZATION';

export type TaskState =
  | 'DRAFT'
  | 'CHECKING'
  | 'CHECK_FAILED'
  | 'CHECK_PASSED'
  | 'QUEUED'
  | 'RUNNING'
  | 'PAUSED'
  | 'READY_TO_COMPLETE'
  | 'COMPLETING'
  | 'COMPLETED'
  | 'STOPPING'
  | 'STOPPED'
  | 'ERROR'
  | 'RETRYING'
  | 'FAILED';

export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  readonly object: string | null;
}

export interface SelectedDatabase {
  readonly name: string;
  readonly as?: string | null | undefined;
  readonly tables?:
    | readonly { readonly name: string; readonly as?: string | null | undefined }[]
    | null
    | undefined;
  readonly excludeTables?: readonly string[] | null | undefined;
}

/** 64-bit numbers as text. */
export interface TaskOptions {
  readonly retryConnectionMinutes: number;
  readonly retryOtherMinutes: number;
  readonly fullLoadParallelism: number;
  readonly chunkBytes: string;
  readonly changeLogBytes: string;
  readonly groupBytes: string;
  readonly conflictMode: 'REPORT' | 'IGNORE';
}

export interface Task {
  readonly id: string;
  readonly name: string;
  readonly kind: TaskKind;
  readonly state: TaskState;
  readonly phase: string | null;
  readonly source: { readonly id: string } | null;
  readonly target: { readonly id: string } | null;
  readonly objects: { readonly databases: readonly SelectedDatabase[] };
  readonly options: TaskOptions;
  readonly errors: readonly Failure[];
  readonly progress: { readonly lagMillis: string | null } | null;
  /** False until somebody is known to have kept its id. */
  readonly claimed: boolean;
}

export interface TaskConfiguration {
  readonly name: string;
  readonly sourceId: string;
  readonly targetId: string;
  readonly objects: { readonly databases: readonly SelectedDatabase[] };
  readonly options: TaskOptions;
}

const fields = `id name kind state phase source { id } target { id }
  objects { databases { name as tables { name as } excludeTables } }
  options { retryConnectionMinutes retryOtherMinutes fullLoadParallelism chunkBytes changeLogBytes groupBytes conflictMode }
  errors { code message remedy object } progress { lagMillis } claimed`;
const refusals = '... on InvalidInputError { field }';
const about = (id: string): string => `Task: ${id}.`;

export async function findTask(
  client: GatewayClient,
  id: string,
  signal?: AbortSignal,
): Promise<Task | null> {
  const document = `query task($id: ID!) { task(id: $id) { ${fields} } }`;
  return (await client.query<{ task: Task | null }>('task', document, { id }, signal)).task;
}

/** All of exactly this name. */
export async function tasksNamed(client: GatewayClient, name: string, signal?: AbortSignal): Promise<Task[]> {
  return await connectionItems<Task>(client, {
    operation: 'tasks',
    document: `query tasks($name: String!, $after: String) {
      tasks(filter: { name: $name }, first: 20, after: $after) {
        edges { node { ${fields} } } pageInfo { hasNextPage endCursor }
      }
    }`,
    variables: { name },
    connection: (data) => data.tasks,
    signal,
  });
}

/** Made unclaimed: its id is not kept yet. A repeat under the same key gets the first answer. */
export async function createTask(
  client: GatewayClient,
  given: TaskConfiguration & { readonly kind: TaskKind },
  { key, signal }: { readonly key: string; readonly signal?: AbortSignal | undefined },
): Promise<Task> {
  const input = { ...given, claimed: false };
  return await client.mutate<Task>('createTask', {
    ...{ input, inputType: 'CreateTaskInput', result: 'Task', fields, refusals, idempotencyKey: key, signal },
  });
}

/** What is absent stays. */
export async function configureTask(
  client: GatewayClient,
  input: Partial<TaskConfiguration> & { readonly id: string },
  signal?: AbortSignal,
): Promise<Task> {
  return await client.mutate<Task>('configureTask', {
    ...{ input, inputType: 'ConfigureTaskInput', result: 'Task', fields, refusals, signal },
    about: about(input.id),
  });
}

/** Changes what a synchronization carries while it is under way. Refused with PRECHECK_FAILED when what is added cannot be carried. */
export async function modifyObjects(
  client: GatewayClient,
  input: { readonly id: string; readonly objects: TaskConfiguration['objects'] },
  signal?: AbortSignal,
): Promise<Task> {
  return await client.mutate<Task>('modifyObjects', {
    ...{ input, inputType: 'ModifyObjectsInput', result: 'Task', fields, refusals, signal },
    about: about(input.id),
  });
}

export type Operation =
  | 'runPrecheck'
  | 'startTask'
  | 'pauseTask'
  | 'resumeTask'
  | 'stopTask'
  | 'completeTask'
  | 'retryTask';

/** Asks for it and gives the task as it then is: what follows takes its time. */
export async function operateTask(
  client: GatewayClient,
  operation: Operation,
  id: string,
  signal?: AbortSignal,
): Promise<Task> {
  const inputType = operation === 'retryTask' ? 'RetryTaskInput' : 'TaskOperationInput';
  return await client.mutate<Task>(operation, {
    ...{ input: { id }, inputType, result: 'Task', fields, refusals, signal },
    about: about(id),
  });
}

export async function destroyTask(client: GatewayClient, id: string, signal?: AbortSignal): Promise<void> {
  await client.mutate('destroyTask', {
    ...{ input: { id }, inputType: 'TaskOperationInput', result: 'DestroyedTask', fields: 'id', signal },
    about: about(id),
  });
}
