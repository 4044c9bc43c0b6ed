import { DtsError } from '../../../core/errors.ts';
import type { Position } from '../../../core/position.ts';
import type { Checkpoint, SchemaIntent } from '../../../core/target.ts';
import type { MysqlConnection } from '../connection.ts';
import { serverErrorNumber } from '../server-error.ts';

/**
 * The checkpoint of each task at the target: one row of `opendts.checkpoints`. The row is written in the transaction that brought
 * the target there; its presence in a transaction also marks that transaction as ours.
 */

const TABLE = '`opendts`.`checkpoints`';
const COLUMNS = '`log_offset`,`position`,`committed_at_micros`,`intent`';

/** Creates the database and the table where they are missing. */
export async function prepareCheckpoints(connection: MysqlConnection): Promise<void> {
  const tables = await connection.query(
    `SELECT 1 AS found FROM information_schema.tables WHERE table_schema='opendts' AND table_name='checkpoints'`,
  );
  // A user without the privilege to create databases can work where an administrator made the table.
  if (tables.length > 0) return;
  const object = 'opendts.checkpoints';
  await connection.execute('CREATE DATABASE IF NOT EXISTS `opendts`', { object });
  await connection.execute(
    `CREATE TABLE IF NOT EXISTS ${TABLE} (
      task_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
      log_offset BIGINT UNSIGNED NOT NULL,
      position LONGTEXT CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      committed_at_micros BIGINT NOT NULL,
      intent LONGBLOB,
      updated_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP
    ) ENGINE=InnoDB DEFAULT CHARSET=ascii`,
    { object },
  );
}

/** Undefined when the task has none. */
export async function readCheckpoint(
  connection: MysqlConnection,
  taskId: string,
): Promise<Checkpoint | undefined> {
  const tables = await connection.query(
    `SELECT 1 AS found FROM information_schema.tables WHERE table_schema='opendts' AND table_name='checkpoints'`,
  );
  if (tables.length === 0) return undefined;
  // A locking read: where a session was lost just as it committed, its transaction may still be on its way, and holds the row.
  const [row] = await connection.query(
    `SELECT ${COLUMNS} FROM ${TABLE} WHERE task_id=${quote(taskId)} FOR UPDATE`,
  );
  if (!row) return undefined;
  return {
    logOffset: BigInt(row.log_offset ?? 0),
    position: (row.position ?? '') as Position,
    committedAtMicros: Number(row.committed_at_micros),
    ...(row.intent == null ? {} : { intent: parseIntent(row.intent) }),
  };
}

/** Writes the row, or makes it. Throws CHECKPOINT_MOVED where it would go back. */
export async function writeCheckpoint(
  connection: MysqlConnection,
  taskId: string,
  checkpoint: Checkpoint,
): Promise<void> {
  const object = 'opendts.checkpoints';
  const [moved] = await connection.execute(checkpointStatement(taskId, checkpoint), { object });
  if (moved !== undefined && moved.affectedRows > 0) return;
  const values = Object.values(columnsOf(checkpoint)).join(',');
  try {
    await connection.execute(
      `INSERT INTO ${TABLE} (\`task_id\`,${COLUMNS}) VALUES (${quote(taskId)},${values})`,
      {
        object,
      },
    );
  } catch (error) {
    throw serverErrorNumber(error) === duplicateKey ? checkpointMoved(error) : error;
  }
}

/** ER_DUP_ENTRY */
const duplicateKey = 1062;

export const checkpointMoved = (cause?: unknown): DtsError =>
  new DtsError('CHECKPOINT_MOVED', 'The checkpoint at the target is ahead of the one to be written.', {
    cause,
  });

export async function forgetCheckpoint(connection: MysqlConnection, taskId: string): Promise<void> {
  const tables = await connection.query(
    `SELECT 1 AS found FROM information_schema.tables WHERE table_schema='opendts' AND table_name='checkpoints'`,
  );
  if (tables.length > 0) await connection.execute(`DELETE FROM ${TABLE} WHERE task_id=${quote(taskId)}`);
}

/**
 * The SQL that moves the row forward, for any session: its literals need no escapes. It finds no row where there is none, or one that
 * is ahead: then another process has applied changes of the task.
 */
export function checkpointStatement(taskId: string, checkpoint: Checkpoint): string {
  const settings = Object.entries(columnsOf(checkpoint)).map(([name, value]) => `${name}=${value}`);
  return `UPDATE ${TABLE} SET ${settings.join(',')} WHERE task_id=${quote(taskId)} AND log_offset<=${checkpoint.logOffset}`;
}

/** In the order of COLUMNS. */
function columnsOf({ logOffset, position, committedAtMicros, intent }: Checkpoint): Record<string, string> {
  return {
    log_offset: String(logOffset),
    position: quote(position),
    committed_at_micros: String(Math.trunc(committedAtMicros)),
    intent: intent ? quote(formatIntent(intent)) : 'NULL',
  };
}

/** A hexadecimal literal means the same under every sql_mode. */
const quote = (text: string): string =>
  text === '' ? "''" : `x'${Buffer.from(text, 'utf8').toString('hex')}'`;

function formatIntent(intent: SchemaIntent): string {
  return JSON.stringify({ ...intent, logOffset: String(intent.logOffset) });
}

function parseIntent(text: string): SchemaIntent {
  try {
    const { logOffset, step, before } = JSON.parse(text) as Record<'logOffset' | 'step' | 'before', string>;
    return { logOffset: BigInt(logOffset), step: Number(step), before };
  } catch (cause) {
    throw new DtsError('TARGET_CHECKPOINT_LOST', 'The checkpoint row of the task cannot be read.', { cause });
  }
}
