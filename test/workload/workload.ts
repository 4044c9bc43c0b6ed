import { setTimeout as delay } from 'node:timers/promises';
import type { Connection, ResultSetHeader } from 'mysql2/promise';
import type { MysqlServer } from '../servers/mysql.ts';
import { EvolvingTables } from './evolving-tables.ts';
import { randomOperation } from './operations.ts';
import { Random } from './random.ts';
import { workloadObjects, workloadTables } from './tables.ts';

export interface WorkloadOptions {
  readonly server: MysqlServer;
  readonly database: string;
  readonly seed: number;
  /** Connections that write. Default 4. */
  readonly writers?: number;
  /** All writers together. Default 150. */
  readonly transactionsPerSecond?: number;
  /** Mean time between schema changes, seconds; 0 for none. Default 0.7. */
  readonly schemaChangeSeconds?: number;
  /** Told of every schema change, for the log of a failed run. */
  readonly onSchemaChange?: (kind: string) => void;
}

/** What a workload has written so far. */
export interface WorkloadCounts {
  readonly transactions: number;
  readonly rolledBack: number;
  /** Rows changed by committed statements, as the server counts them; cascades are not in it. */
  readonly rows: number;
  readonly schemaChanges: number;
  /** Error code → transactions that met it and were rolled back: deadlocks, keys that exist, tables that just changed. */
  readonly refused: Readonly<Record<string, number>>;
}

export interface Workload {
  readonly counts: WorkloadCounts;
  /** Resolves when so many transactions have been committed from now on. */
  written(transactions: number): Promise<void>;
  /** From now on writers and schema changes pause so many times as long as the options say. */
  slowDown(times: number): void;
  /** Ends every writer at its next commit, the event too. Throws what a writer stumbled over, if that was not to be expected. */
  stop(): Promise<WorkloadCounts>;
}

/** Makes the database with its tables, views, routines, triggers and events; where the server has its event scheduler on, one begins to write. */
export async function createWorkloadDatabase({
  server,
  database,
  writers = 4,
}: WorkloadOptions): Promise<void> {
  const connection = await server.connect({ multipleStatements: false });
  try {
    await connection.query(`CREATE DATABASE \`${database}\` CHARACTER SET utf8mb4`);
    await connection.query(`USE \`${database}\``);
    for (const sql of [...workloadTables(server.flavour, writers), ...workloadObjects])
      await connection.query(sql);
  } finally {
    await connection.end();
  }
}

/** Refusals that concurrent writers meet in any real system: the transaction is rolled back and another one made. */
const expectedErrors = new Set([
  'ER_LOCK_DEADLOCK',
  'ER_LOCK_WAIT_TIMEOUT',
  'ER_DUP_ENTRY',
  'ER_DUP_ENTRY_WITH_KEY_NAME',
  'ER_NO_REFERENCED_ROW_2',
  'ER_ROW_IS_REFERENCED_2',
  'ER_NO_SUCH_TABLE',
  'ER_BAD_FIELD_ERROR',
  'ER_TABLE_DEF_CHANGED',
  'ER_BAD_NULL_ERROR',
  'ER_NO_DEFAULT_FOR_FIELD',
  'ER_DATA_TOO_LONG',
  'ER_CHECKREAD',
  'ER_NO_DEFAULT_FOR_VIEW_FIELD',
  'ER_WARN_DATA_OUT_OF_RANGE',
  // MariaDB, where the counter of a table has come to the end of its type.
  'ER_AUTOINC_READ_FAILED',
  // The savepoint went with its transaction, which the server had to give up.
  'ER_SP_DOES_NOT_EXIST',
]);

class MixedWorkload implements Workload {
  readonly #options: WorkloadOptions;
  readonly #random: Random;
  readonly #evolving: EvolvingTables;
  readonly #loops: Promise<void>[] = [];
  readonly #counts = {
    transactions: 0,
    rolledBack: 0,
    rows: 0,
    schemaChanges: 0,
    refused: {} as Record<string, number>,
  };
  #slowness = 1;
  #stopping = false;
  #silenced: Promise<void> | undefined;
  #failure: unknown;

  constructor(options: WorkloadOptions) {
    this.#options = options;
    this.#random = new Random(options.seed);
    this.#evolving = new EvolvingTables(options.server.flavour);
  }

  get counts(): WorkloadCounts {
    return { ...this.#counts, refused: { ...this.#counts.refused } };
  }

  begin(): void {
    const { writers = 4, schemaChangeSeconds = 0.7, transactionsPerSecond = 150 } = this.#options;
    const pauseMillis = (1000 * writers) / transactionsPerSecond;
    for (let writer = 1; writer <= writers; writer++) {
      const random = this.#random.fork();
      this.#loops.push(
        this.#loop(
          (connection) => this.#transaction(connection, random, writer),
          () => pauseMillis,
        ),
      );
    }
    if (schemaChangeSeconds > 0) {
      const random = this.#random.fork();
      this.#loops.push(
        this.#loop(
          (connection) => this.#schemaChange(connection, random),
          () => schemaChangeSeconds * 2000 * random.next(),
        ),
      );
    }
  }

  async written(transactions: number): Promise<void> {
    const goal = this.#counts.transactions + transactions;
    while (this.#counts.transactions < goal) {
      if (this.#failure !== undefined) throw this.#failure;
      await delay(20);
    }
  }

  slowDown(times: number): void {
    this.#slowness = times;
  }

  async stop(): Promise<WorkloadCounts> {
    this.#stopping = true;
    await Promise.all(this.#loops);
    if (this.#failure !== undefined) throw this.#failure;
    this.#silenced ??= this.#silenceEvent();
    await this.#silenced;
    return this.counts;
  }

  async #silenceEvent(): Promise<void> {
    const { server, database } = this.#options;
    // The scheduler writes down when it ran an event, and could write over this change.
    await server.query('SET GLOBAL event_scheduler = OFF');
    await server.query(`ALTER EVENT \`${database}\`.every_second DISABLE`);
  }

  /** Repeats `work` on a connection of its own, made again whenever the server was gone. */
  async #loop(work: (connection: Connection) => Promise<void>, pause: () => number): Promise<void> {
    let connection: Connection | undefined;
    let next = Date.now();
    while (!this.#stopping) {
      try {
        connection ??= await this.#connect();
        await work(connection);
      } catch (error) {
        if (!isConnectionLoss(error)) {
          this.#failure ??= error;
          this.#stopping = true;
        }
        connection?.destroy();
        connection = undefined;
        await delay(200);
      }
      // A writer that fell behind does not try to catch up for longer than a second.
      next = Math.max(next + pause() * this.#slowness, Date.now() - 1000);
      const wait = next - Date.now();
      if (wait > 0) await delay(wait);
    }
    await connection?.end();
  }

  async #connect(): Promise<Connection> {
    const connection = await this.#options.server.connect({
      multipleStatements: false,
      database: this.#options.database,
    });
    connection.on('error', () => undefined);
    await connection.query(
      "SET SESSION sql_mode = 'NO_ENGINE_SUBSTITUTION', innodb_lock_wait_timeout = 5, lock_wait_timeout = 30",
    );
    return connection;
  }

  async #transaction(connection: Connection, random: Random, writer: number): Promise<void> {
    let rows = 0;
    const run = async (statements: readonly string[]) => {
      for (const sql of statements) {
        const [result] = await connection.query(sql);
        rows += (result as ResultSetHeader).affectedRows ?? 0;
      }
    };
    try {
      await run([
        'START TRANSACTION',
        `UPDATE clock SET seq = seq + 1 WHERE writer = ${writer}`,
        `INSERT INTO journal SELECT writer, seq, 'by writer' FROM clock WHERE writer = ${writer}`,
      ]);
      for (let steps = random.between(1, random.chance(0.05) ? 40 : 5); steps > 0; steps--) {
        const statements = random.chance(0.12)
          ? this.#evolving.randomWrite(random)
          : randomOperation(random)(random);
        if (random.chance(0.08)) await run(['SAVEPOINT s', ...statements, 'ROLLBACK TO SAVEPOINT s']);
        else await run(statements);
      }
      if (random.chance(0.07)) {
        await run(['ROLLBACK']);
        this.#counts.rolledBack++;
        return;
      }
      await run(['COMMIT']);
      this.#counts.transactions++;
      this.#counts.rows += rows;
    } catch (error) {
      await this.#refuse(connection, error);
    }
  }

  async #schemaChange(connection: Connection, random: Random): Promise<void> {
    const step = this.#evolving.randomStep(random);
    try {
      for (const sql of step.statements) await connection.query(sql);
      this.#evolving.accept(step);
      this.#counts.schemaChanges++;
      this.#options.onSchemaChange?.(step.kind);
    } catch (error) {
      if (isConnectionLoss(error)) this.#evolving.doubt(step);
      await this.#refuse(connection, error);
    }
  }

  async #refuse(connection: Connection, error: unknown): Promise<void> {
    const { code = '' } = error as { code?: string };
    if (!expectedErrors.has(code)) throw error;
    await connection.query('ROLLBACK');
    this.#counts.refused[code] = (this.#counts.refused[code] ?? 0) + 1;
  }
}

/** Starts writing; the database must have been made by `createWorkloadDatabase`. */
export function startWorkload(options: WorkloadOptions): Workload {
  const workload = new MixedWorkload(options);
  workload.begin();
  return workload;
}

/** Whether a statement failed because its server went away. */
export function isConnectionLoss(error: unknown): boolean {
  const { fatal, code = '' } = error as { fatal?: boolean; code?: string };
  return (
    fatal === true ||
    /^E[A-Z]+$|^PROTOCOL_|^ER_SERVER_SHUTDOWN$|^ER_CON_COUNT/.test(code) ||
    /closed state/.test(String(error))
  );
}
