import { type ComparedDatabase, type Comparison, compareEnds } from '../compare/compare.ts';
import { type Flavour, type MysqlServer, type StartOptions, startMysql } from '../servers/mysql.ts';
import { Client } from './client.ts';
import { Service, type ServiceOptions } from './service.ts';
import { createMysqlTask, type MysqlTaskOptions, type TaskHandle } from './task.ts';
import { createTideTable, waitForTide } from './tide.ts';

export interface StageOptions {
  readonly source?: Flavour;
  readonly sourceServer?: StartOptions;
  readonly targetServer?: StartOptions;
  readonly service?: ServiceOptions;
}

/** Two servers and the service: what every end-to-end test plays on. Several tasks, each with a database of its own, can share it. */
export interface Stage extends AsyncDisposable {
  readonly source: MysqlServer;
  readonly target: MysqlServer;
  readonly service: Service;
  readonly client: Client;
  /** Runs statements one by one in a session of their own at the source. */
  run(database: string, statements: readonly string[]): Promise<void>;
  /** Makes an empty database at the source that has a tide table. */
  createDatabase(name: string): Promise<void>;
  /** Creates, checks and starts a task for the databases. */
  startTask(
    databases: MysqlTaskOptions['databases'],
    options?: Partial<Pick<MysqlTaskOptions, 'source' | 'target' | 'kind' | 'options'>>,
  ): Promise<TaskHandle>;
  /** Waits until all that the source has committed is at the target. */
  settle(task: TaskHandle, database: ComparedDatabase, seconds?: number): Promise<void>;
  compare(database: ComparedDatabase, options?: { triggersAndEvents?: boolean }): Promise<Comparison>;
}

export async function openStage(options: StageOptions = {}): Promise<Stage> {
  const stack = new AsyncDisposableStack();
  try {
    const starting = [
      startMysql(options.source ?? 'mysql-9.7', options.sourceServer),
      startMysql('mysql-9.7', options.targetServer),
    ] as const;
    // Where one does not start, the other must not stay behind.
    for (const server of await Promise.allSettled(starting)) {
      if (server.status === 'fulfilled') stack.use(server.value);
    }
    const [source, target] = await Promise.all(starting);
    const service = stack.use(
      await Service.start({
        ...options.service,
        env: { OPENDTS_LOG_LEVEL: 'warn', ...options.service?.env },
      }),
    );
    const client = new Client(() => service);
    const sourceEngine = source.flavour === 'mariadb-10.11' ? 'MARIADB' : 'MYSQL';
    return {
      source,
      target,
      service,
      client,
      run: (database, statements) => runStatements(source, database, statements),
      createDatabase: async (name) => {
        await source.query(`CREATE DATABASE \`${name}\` CHARACTER SET utf8mb4`);
        await runStatements(source, name, [createTideTable]);
      },
      startTask: async (databases, ends = {}) => {
        const task = await createMysqlTask(client, { source, target, sourceEngine, databases, ...ends });
        await task.checkAndStart();
        return task;
      },
      settle: (task, database, seconds) =>
        waitForTide({
          source,
          target,
          database: database.name,
          targetDatabase: database.as ?? database.name,
          ...(seconds === undefined ? {} : { seconds }),
          check: async () => {
            // A task that has stopped will never bring the tide: say so at once.
            await task.waitUntil(() => true, 'task is there', 60);
          },
          describe: async () =>
            `${JSON.stringify(await task.view(), undefined, 1)}\n${service.log.slice(-4000)}`,
        }),
      compare: (database, { triggersAndEvents = false } = {}) =>
        compareEnds({ source, target, databases: [database], triggersAndEvents }),
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

async function runStatements(
  server: MysqlServer,
  database: string,
  statements: readonly string[],
): Promise<void> {
  const connection = await server.connect({ database, multipleStatements: false });
  try {
    for (const sql of statements) await connection.query(sql);
  } finally {
    await connection.end();
  }
}
