import type { EndpointConfig } from '../../../core/endpoint.ts';
import type { Table } from '../../../core/table.ts';
import { tableKey } from '../../../core/table.ts';
import type { ApplySession, Checkpoint, TargetTable, WriteStep } from '../../../core/target.ts';
import { connect } from '../connect.ts';
import type { MysqlConnection } from '../connection.ts';
import { isMysqlAtLeast, parseVersion } from '../session.ts';
import { keepWarnings } from '../warnings.ts';
import { statement, writeBatch } from './batch-writer.ts';
import { checkpointMoved, checkpointStatement } from './checkpoints.ts';
import { writeOrdered } from './ordered-writer.ts';
import { type Anomaly, StatementQueue } from './statement-queue.ts';
import { type ApplyDialect, TableSql } from './table-sql.ts';

export interface ApplySessionOptions {
  readonly endpoint: EndpointConfig;
  readonly taskId: string;
  readonly signal?: AbortSignal | undefined;
  /** See ConnectOptions. */
  readonly stallTimeoutMs?: number | undefined;
  /** Told of rows that a strict change did not find at the target. */
  readonly onAnomaly?: ((anomaly: Anomaly) => void) | undefined;
}

/** Opens the session of a task's apply stage: one connection of its own. */
export async function openApplySession(options: ApplySessionOptions): Promise<ApplySession> {
  const { endpoint, signal, stallTimeoutMs } = options;
  const connection = await connect(endpoint, { purpose: 'write', role: 'target', signal, stallTimeoutMs });
  try {
    const maxAllowedPacket = await prepareSession(connection);
    return new MysqlApplySession(connection, maxAllowedPacket, options);
  } catch (error) {
    connection.destroy(error);
    throw error;
  }
}

/** Settings beyond those of every session; gives max_allowed_packet. */
async function prepareSession(connection: MysqlConnection): Promise<number> {
  const settings = [
    "sql_mode='NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES,NO_BACKSLASH_ESCAPES'",
    'foreign_key_checks=0',
    'unique_checks=1',
    // The first statement after a commit begins the next transaction: no round trip for it.
    'autocommit=0',
    // Keys come by the thousand: statistics tell enough, a dive into the index for each would cost as much as the delete.
    'eq_range_index_dive_limit=1',
  ];
  if (isMysqlAtLeast(connection.serverVersion, 5, 7, 9)) settings.push('range_optimizer_max_mem_size=0');
  await keepWarnings(connection);
  await connection.execute(`SET ${settings.map((setting) => `SESSION ${setting}`).join(', ')}`);
  const [row] = await connection.query('SELECT @@max_allowed_packet AS bytes');
  return Number(row?.bytes);
}

function dialectOf(serverVersion: string): ApplyDialect {
  const { flavour, major, minor } = parseVersion(serverVersion);
  const named = flavour === 'mysql' ? major >= 8 : major > 10 || (major === 10 && minor >= 6);
  return {
    utf8mb3: named ? 'utf8mb3' : 'utf8',
    tellsMinusZero: flavour === 'mysql',
    hasJson: flavour === 'mysql',
    jsonTable: isMysqlAtLeast(serverVersion, 8, 0, 14),
    rowsInList: isMysqlAtLeast(serverVersion, 5, 7, 3),
  };
}

const checkpointInfo = { label: 'opendts.checkpoints', expectedRows: 1, refusal: checkpointMoved };

class MysqlApplySession implements ApplySession {
  readonly #connection: MysqlConnection;
  readonly #taskId: string;
  readonly #queue: StatementQueue;
  readonly #dialect: ApplyDialect;
  /** By structure and target name: a schema change makes a new structure. */
  readonly #tables = new WeakMap<Table, Map<string, TableSql>>();
  #failure: unknown;

  constructor(connection: MysqlConnection, maxAllowedPacket: number, options: ApplySessionOptions) {
    this.#connection = connection;
    this.#taskId = options.taskId;
    this.#dialect = dialectOf(connection.serverVersion);
    this.#queue = new StatementQueue(connection, {
      maxAllowedPacket,
      onAnomaly: options.onAnomaly ?? (() => {}),
    });
  }

  /** Statements may wait for company until the packet is full or the transaction ends: their failure shows then. */
  async write(step: WriteStep): Promise<void> {
    await this.#guard(async () => {
      if (step.kind === 'ordered') await writeOrdered(this.#queue, this.#sqlOf(step.table), step);
      else {
        for (const batch of step.batches) {
          await writeBatch(this.#queue, this.#sqlOf(batch.table), batch, step.mode(batch.table.source.id));
        }
      }
    });
  }

  async flush(): Promise<void> {
    await this.#guard(() => this.#queue.flush());
  }

  async commit(checkpoint: Checkpoint): Promise<void> {
    await this.#guard(async () => {
      const text = checkpointStatement(this.#taskId, checkpoint);
      await statement(this.#queue, text.length, checkpointInfo, () => this.#queue.writer.ascii(text));
      await this.#queue.flush();
      await this.#connection.execute('COMMIT');
    });
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  /** After a failure nothing of the transaction may stay: the server rolls back as the connection goes. */
  async #guard(work: () => Promise<void>): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      await work();
    } catch (error) {
      this.#failure = error;
      this.#connection.destroy(error);
      throw error;
    }
  }

  #sqlOf(table: TargetTable): TableSql {
    let named = this.#tables.get(table.source);
    if (!named) {
      named = new Map();
      this.#tables.set(table.source, named);
    }
    const key = tableKey(table.id);
    let sql = named.get(key);
    if (!sql) {
      sql = new TableSql(table, this.#dialect);
      named.set(key, sql);
    }
    return sql;
  }
}
