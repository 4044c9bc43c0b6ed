import type { Socket } from 'node:net';
import type { Connection } from 'mysql2';
import { AbortedError, DtsError } from '../../core/errors.ts';
import { defaultPatience } from '../../core/source.ts';
import { classify, type Role } from './errors.ts';
import { type LocalFile, type SqlPart, sendRaw } from './raw-query.ts';
import { accessDenied, serverErrorNumber } from './server-error.ts';
import type { Purpose } from './session.ts';

/** One column of one row, exactly as the server sent it; null for NULL. */
export type RawValue = Buffer | null;
export type RawRow = readonly RawValue[];

/** What a server answers to a statement without rows. */
export interface WriteResult {
  /** Rows that matched (UPDATE), were removed, or were written; 2 for each row that REPLACE wrote over. */
  readonly affectedRows: number;
  readonly warnings: number;
}

export interface ConnectOptions {
  /** read: consistent reads, no writing. write: rows of a task, many statements in one packet. admin: everything else, one statement at a time. */
  readonly purpose: Purpose;
  readonly role: Role;
  readonly database?: string | undefined;
  /** Aborting destroys the connection; what runs on it rejects with AbortedError. */
  readonly signal?: AbortSignal | undefined;
  readonly connectTimeoutMs?: number | undefined;
  /**
   * When the server has sent and taken no byte for so long, another connection asks whether it is still at work on this one: if
   * not, or if nobody answers, this one is given up as CONNECTION_STALLED. Default: `defaultPatience`.
   */
  readonly stallTimeoutMs?: number | undefined;
}

export interface QueryOptions {
  /** Named in the error if the statement fails, for example `shop.orders`. */
  readonly object?: string | undefined;
  /** The same where the SQL is of several statements: by the number of the failed one, from 0. */
  readonly objectOf?: ((statement: number) => string | undefined) | undefined;
}

/** The SQL of one packet: text is sent as UTF-8, bytes as they are, several buffers as one. Never changed by the driver. */
export type Sql = string | Uint8Array | readonly SqlPart[];

/**
 * One session at a MySQL or MariaDB server, with every setting that could change a value made explicit (session.ts).
 * All character sets of the session are `binary`: bytes arrive and leave as stored. Statements run one after the other.
 * Every method rejects with DtsError or AbortedError; after CONNECTION_* the connection is of no more use.
 */
export class MysqlConnection {
  readonly threadId: number;
  /** As greeted, for example `9.7.4`, `10.11.18-MariaDB-log`. */
  readonly serverVersion: string;
  readonly role: Role;
  /** For capture, which adds commands of its own to it. Its session is that of this connection. */
  readonly driver: Connection;
  /** How long silence is believed, milliseconds. */
  readonly stallTimeoutMs: number;
  readonly #isAtWork: () => Promise<boolean>;
  #asking = false;
  readonly #pending = new Set<(error: unknown) => void>();
  readonly #release: () => void;
  #failure: unknown;
  #closed = false;

  /** Use `connect`. Takes over a driver's connection that has just been greeted. */
  constructor(
    driver: Connection,
    serverVersion: string,
    options: ConnectOptions & {
      /** Asks the server over another connection whether it is at work for the given thread. */
      readonly isAtWork: (threadId: number) => Promise<boolean>;
    },
  ) {
    this.driver = driver;
    this.threadId = driver.threadId ?? 0;
    this.serverVersion = serverVersion;
    this.role = options.role;
    this.stallTimeoutMs = options.stallTimeoutMs ?? defaultPatience.stallMillis;
    this.#isAtWork = () => options.isAtWork(this.threadId);
    driver.on('error', (error) => this.#fail(error));
    driver.on('end', () =>
      this.#fail(Object.assign(new Error('closed'), { code: 'PROTOCOL_CONNECTION_LOST' })),
    );
    const { signal } = options;
    const onAbort = () => this.#fail(new AbortedError());
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#release = () => signal?.removeEventListener('abort', onAbort);
    if (signal?.aborted) onAbort();
  }

  get usable(): boolean {
    return !this.#closed;
  }

  /** Why the connection broke; undefined while it is whole. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Rows with their columns by name, as text (UTF-8): for the server's own tables and SHOW. */
  async query(sql: Sql, options: QueryOptions = {}): Promise<Record<string, string | null>[]> {
    const { rows, names } = await this.#select(sql, options);
    return rows.map((row) =>
      Object.fromEntries(names.map((name, i) => [name, row[i] == null ? null : row[i].toString('utf8')])),
    );
  }

  /** Rows as the server sent them. */
  async rows(sql: Sql, options: QueryOptions = {}): Promise<RawRow[]> {
    return (await this.#select(sql, options)).rows;
  }

  /** Runs statements without rows (several in one packet on a `write` connection); one result for each. */
  async execute(sql: Sql, options: QueryOptions = {}): Promise<WriteResult[]> {
    const [answer] = await this.#run(sql, options);
    return (Array.isArray(answer) ? answer : [answer]).filter(isHeader).map((header) => ({
      affectedRows: header.affectedRows,
      warnings: header.warningStatus,
    }));
  }

  /** Runs one LOAD DATA LOCAL INFILE with `file` as the file, which is asked for more when the socket takes more. */
  async loadLocal(sql: Sql, file: LocalFile, options: QueryOptions = {}): Promise<WriteResult> {
    const [answer] = await this.#run(sql, options, file);
    if (!isHeader(answer)) throw new DtsError('INTERNAL', 'LOAD DATA answered with rows');
    return { affectedRows: answer.affectedRows, warnings: answer.warningStatus };
  }

  /** Rows one by one to `onRow`. While the promise that it gives is pending, nothing more is read from the socket. */
  async forEachRow(
    sql: Sql,
    onRow: (row: RawRow) => void | Promise<void>,
    options: QueryOptions = {},
  ): Promise<void> {
    let failure: unknown;
    await this.#watch(
      options,
      (done, fail) => {
        const command = sendRaw(this.driver, partsOf(sql), {});
        command.on('result', (row: RawRow) => {
          if (failure !== undefined) return;
          try {
            const wait = onRow(row);
            if (!wait) return;
            this.driver.pause();
            wait.then(
              () => this.driver.resume(),
              (error: unknown) => {
                failure = error;
                fail(error);
              },
            );
          } catch (error) {
            failure = error;
            fail(error);
          }
        });
        command.on('error', fail);
        command.on('end', done);
      },
      // The rest of the rows is still on its way: nobody would read it.
      () => failure !== undefined,
    );
  }

  /** Says goodbye and closes; never rejects. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#release();
    await new Promise<void>((resolve) => {
      const end = setTimeout(() => {
        this.driver.destroy();
        resolve();
      }, 1000);
      this.driver.end(() => {
        clearTimeout(end);
        resolve();
      });
    });
    socketOf(this.driver).destroy();
  }

  /** For commands of others on the driver: call when the socket was silent for `stallTimeoutMs`. Breaks the connection if it is dead. */
  lookAfterSilence(): void {
    const socket = socketOf(this.driver);
    // A reader that waits for its consumer is not a stalled server.
    if (socket.isPaused() || this.#asking) {
      socket.setTimeout(this.stallTimeoutMs);
      return;
    }
    this.#asking = true;
    const { bytesRead } = socket;
    void this.#isAtWork()
      .catch(() => false)
      .then((atWork) => {
        this.#asking = false;
        if (this.#closed) return;
        if (atWork || socket.bytesRead !== bytesRead) socket.setTimeout(this.stallTimeoutMs);
        else this.#fail(stalled(this.role, this.stallTimeoutMs));
      });
  }

  /** Ends the connection at once; what runs on it rejects. The server rolls back an open transaction. */
  destroy(reason: unknown = new AbortedError()): void {
    this.#fail(reason);
  }

  async #select(sql: Sql, options: QueryOptions): Promise<{ rows: RawRow[]; names: string[] }> {
    const [rows, fields] = await this.#run(sql, options);
    if (!Array.isArray(rows) || !Array.isArray(fields)) return { rows: [], names: [] };
    return { rows: rows as RawRow[], names: fields.map((field: { name: string }) => field.name) };
  }

  async #run(sql: Sql, options: QueryOptions, infile?: LocalFile): Promise<[unknown, unknown]> {
    let answer: [unknown, unknown] = [undefined, undefined];
    let answered = 0;
    const objectOf = () => options.objectOf?.(answered) ?? options.object;
    await this.#watch({ ...options, objectOf }, (done, fail) => {
      const command = sendRaw(this.driver, partsOf(sql), { infile }, (error, rows, fields) => {
        if (error) return fail(error);
        answer = [rows, fields];
        done();
      });
      command.on('result', () => answered++);
    });
    return answer;
  }

  /** Runs one command under the stall timeout; classifies its failure; breaks the connection where it cannot be used again. */
  async #watch(
    options: QueryOptions,
    start: (done: () => void, fail: (error: unknown) => void) => void,
    breaks: () => boolean = () => false,
  ): Promise<void> {
    if (this.#closed) throw classify(this.#failure ?? closedError(), this.role, options.object);
    const socket = socketOf(this.driver);
    const onTimeout = () => this.lookAfterSilence();
    socket.setTimeout(this.stallTimeoutMs);
    socket.on('timeout', onTimeout);
    let reject: ((error: unknown) => void) | undefined;
    try {
      await new Promise<void>((resolve, fail) => {
        reject = fail;
        this.#pending.add(fail);
        start(resolve, fail);
      });
    } catch (error) {
      const object = options.objectOf?.(0) ?? options.object;
      const coded = breaks() ? error : classify(error, this.role, object);
      if (breaks() || (coded instanceof DtsError && coded.code === 'CONNECTION_FAILED')) this.#fail(coded);
      throw coded;
    } finally {
      if (reject) this.#pending.delete(reject);
      socket.off('timeout', onTimeout);
      socket.setTimeout(0);
    }
  }

  #fail(reason: unknown): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#failure = reason;
    this.#release();
    this.driver.destroy();
    socketOf(this.driver).destroy();
    for (const reject of this.#pending) reject(reason);
    this.#pending.clear();
  }
}

/** Runs a statement; true unless the user lacks the privilege for it. */
export async function executeIfAllowed(connection: MysqlConnection, sql: string): Promise<boolean> {
  try {
    await connection.execute(sql);
    return true;
  } catch (error) {
    if (serverErrorNumber(error) !== accessDenied) throw error;
    return false;
  }
}

const stalled = (role: Role, millis: number) =>
  new DtsError('CONNECTION_STALLED', `The ${role} gave no sign of life for ${millis / 1000} s.`);

export const socketOf = (driver: Connection): Socket => (driver as unknown as { stream: Socket }).stream;

const closedError = () =>
  Object.assign(new Error('the connection is closed'), { code: 'PROTOCOL_CONNECTION_LOST' });

function partsOf(sql: Sql): readonly SqlPart[] {
  if (typeof sql === 'string') return [Buffer.from(sql, 'utf8')];
  return sql instanceof Uint8Array ? [sql] : sql;
}

interface Header {
  readonly affectedRows: number;
  readonly warningStatus: number;
}
const isHeader = (answer: unknown): answer is Header =>
  typeof answer === 'object' && answer !== null && 'affectedRows' in answer;
