import type { ServerAddress } from '../compare/session.ts';
import type { Client } from './client.ts';
import { until } from './wait.ts';

/** What a user says to move databases from one MySQL server to another. */
export interface MysqlTaskOptions {
  readonly name?: string;
  readonly kind?: 'MIGRATION' | 'SYNCHRONIZATION';
  readonly source: ServerAddress;
  readonly target: ServerAddress;
  readonly sourceEngine?: 'MYSQL' | 'MARIADB';
  /** Encryption of both ends; by default that of the product. */
  readonly tls?: 'DISABLED' | 'REQUIRED';
  readonly databases: readonly {
    readonly name: string;
    readonly as?: string;
    readonly tables?: readonly { readonly name: string; readonly as?: string }[];
    readonly excludeTables?: readonly string[];
  }[];
  readonly options?: Readonly<Record<string, unknown>>;
}

interface Failure {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  readonly object: string | null;
  readonly position: string | null;
}

export interface TaskView {
  readonly id: string;
  readonly state: string;
  readonly phase: string | null;
  readonly errors: readonly Failure[];
  readonly progress: {
    readonly rowsCopied: string;
    readonly rowsTotal: string;
    readonly changesCaptured: string;
    readonly changesApplied: string;
    readonly rowsMissing: string;
    readonly lagMillis: string | null;
    readonly lagBytes: string;
  } | null;
}

export interface TaskEventView {
  readonly seq: string;
  readonly kind: string;
  readonly message: string;
  readonly error: { readonly code: string } | null;
}

const taskFields = `id state phase errors { code message remedy object position }
  progress { rowsCopied rowsTotal changesCaptured changesApplied rowsMissing lagMillis lagBytes }`;

/** A task at the service, operated through the public API. Survives restarts of the service. */
export class TaskHandle {
  readonly id: string;
  readonly #client: Client;

  constructor(client: Client, id: string) {
    this.#client = client;
    this.id = id;
  }

  async view(): Promise<TaskView> {
    const { task } = await this.#client.query<{ task: TaskView | null }>(
      `query($id: ID!) { task(id: $id) { ${taskFields} } }`,
      { id: this.id },
    );
    if (task === null) throw new Error(`task ${this.id} is gone`);
    return task;
  }

  operate(
    operation:
      | 'startTask'
      | 'pauseTask'
      | 'resumeTask'
      | 'stopTask'
      | 'completeTask'
      | 'retryTask'
      | 'runPrecheck',
  ): Promise<TaskView> {
    return this.#client.mutate<TaskView>(operation, { id: this.id }, taskFields);
  }

  async destroy(): Promise<void> {
    await this.#client.mutate('destroyTask', { id: this.id }, 'id');
  }

  /** Checks and starts; fails with the report when a check fails. */
  async checkAndStart(): Promise<void> {
    await this.operate('runPrecheck');
    const { state } = await this.waitFor(['CHECK_PASSED', 'CHECK_FAILED'], 60);
    if (state === 'CHECK_FAILED') throw new Error(`the precheck failed:\n${await this.precheckFailures()}`);
    await this.operate('startTask');
  }

  /** Waits until the task is in one of the states; fails at once when it is in ERROR or FAILED and that was not asked for. */
  async waitFor(states: readonly string[], seconds = 120): Promise<TaskView> {
    return this.waitUntil(
      (task) => states.includes(task.state),
      `task in ${states.join(' or ')}`,
      seconds,
      states,
    );
  }

  /** Waits until the full load is done and every change goes straight through. */
  async waitForApply(seconds = 120): Promise<TaskView> {
    const applying = (task: TaskView) => task.phase === 'APPLY' || task.state === 'READY_TO_COMPLETE';
    return this.waitUntil(applying, 'task in phase APPLY', seconds);
  }

  async waitUntil(
    condition: (task: TaskView) => boolean,
    what: string,
    seconds: number,
    expected: readonly string[] = [],
  ): Promise<TaskView> {
    let last: TaskView | undefined;
    return until(
      async () => {
        // The service may be down for a moment, killed by the test.
        last = (await this.view().catch(unlessUnreachable)) ?? last;
        if (last === undefined) return undefined;
        if (['ERROR', 'FAILED'].includes(last.state) && !expected.includes(last.state)) {
          throw new Error(`the task is in ${last.state}: ${JSON.stringify(last.errors, undefined, 1)}`);
        }
        return condition(last) ? last : undefined;
      },
      { seconds, what, describe: () => `Last seen: ${JSON.stringify(last)}` },
    );
  }

  /** Events of the task after an event, oldest first, at most a hundred. */
  async events(after = '0'): Promise<TaskEventView[]> {
    const { taskEvents } = await this.#client.query<{ taskEvents: TaskEventView[] }>(
      'query($id: ID!, $after: BigInt) { taskEvents(taskId: $id, after: $after, first: 100) { seq kind message error { code } } }',
      { id: this.id, after },
    );
    return taskEvents;
  }

  /** Number of the latest event. */
  async lastEvent(): Promise<string> {
    for (let seq = '0'; ; ) {
      const events = await this.events(seq);
      const last = events.at(-1);
      if (last === undefined) return seq;
      seq = last.seq;
    }
  }

  async precheckFailures(): Promise<string> {
    const { precheckReport } = await this.#client.query<{
      precheckReport: { items: { name: string; grade: string; message: string; remedy: string }[] } | null;
    }>('query($id: ID!) { precheckReport(taskId: $id) { items { name grade message remedy } } }', {
      id: this.id,
    });
    return (precheckReport?.items ?? [])
      .filter(({ grade }) => grade === 'FAIL')
      .map(({ name, message, remedy }) => `${name}: ${message} ${remedy}`)
      .join('\n');
  }
}

/** Creates both endpoints and the task; starts nothing. */
export async function createMysqlTask(client: Client, request: MysqlTaskOptions): Promise<TaskHandle> {
  const name = request.name ?? `move ${request.databases.map((database) => database.name).join(', ')}`;
  const endpoint = async (end: string, engine: string, address: ServerAddress) =>
    client.mutate<{ id: string }>(
      'createEndpoint',
      {
        name: `${name}: ${end}`,
        engine,
        host: address.host,
        port: address.port,
        username: address.username,
        password: address.password,
        ...(request.tls ? { tls: { mode: request.tls } } : {}),
      },
      'id',
    );
  const source = await endpoint('source', request.sourceEngine ?? 'MYSQL', request.source);
  const target = await endpoint('target', 'MYSQL', request.target);
  const { id } = await client.mutate<{ id: string }>(
    'createTask',
    {
      name,
      kind: request.kind ?? 'MIGRATION',
      sourceId: source.id,
      targetId: target.id,
      objects: { databases: request.databases },
      ...(request.options ? { options: request.options } : {}),
    },
    'id',
  );
  return new TaskHandle(client, id);
}

/** A connection that failed because the service is down is no answer; anything else is a fault of the test. */
export function unlessUnreachable(error: unknown): undefined {
  const unreachable =
    (error instanceof TypeError && error.message === 'fetch failed') ||
    (error instanceof DOMException && error.name === 'TimeoutError') ||
    (error instanceof Error && /the service is down|terminated|socket|SHUTTING_DOWN/i.test(error.message));
  if (unreachable) return undefined;
  throw error;
}
