import { DtsError } from '../../../core/errors.ts';
import type { MysqlConnection, WriteResult } from '../connection.ts';
import type { SqlPart } from '../raw-query.ts';
import { SqlWriter } from '../sql-writer.ts';
import { listWarnings } from '../warnings.ts';
import { isCascadeTooDeep } from './own-cascade.ts';

/** What is known of a statement when its answer comes. */
export interface StatementInfo {
  /** Table for messages. */
  readonly label: string;
  /** Rows that a strict statement must find: fewer are told to `onAnomaly`. */
  readonly expectedRows?: number | undefined;
  /** Where fewer rows must not be: makes the failure to be thrown. */
  readonly refusal?: (() => DtsError) | undefined;
  /** Warnings of a cut enum value that the statement rightly causes: values that are the error value at the source too. */
  readonly errorMembers?: number | undefined;
  /** Duplicate keys are passed over on purpose. */
  readonly ignoresDuplicates?: boolean | undefined;
  /** Does what the statement says, step by step, where its cascade goes too far for the server; gives the rows found. */
  readonly stepByStep?:
    | ((connection: MysqlConnection, sql: readonly SqlPart[]) => Promise<number>)
    | undefined;
}

/** Rows that the source changed and the target has not. */
export interface Anomaly {
  readonly table: string;
  readonly expectedRows: number;
  readonly foundRows: number;
}

interface Queued extends StatementInfo {
  /** Offset behind the statement within the packet. */
  end: number;
}

const WRITER_BYTES = 256 * 1024;

/** Packets are sent from this size on. More gains nothing: the server's work is far above the round trip. */
export const PACKET_BYTES = 1024 * 1024;

/**
 * Warnings that say nothing of values: deprecated names, statements that are unsafe to log as text, and the implicit default of a
 * column without one, where an insert named no value at the source either.
 */
const harmless = new Set([1287, 1364, 1592, 1681, 3719, 3720, 3778]);
const CUT = new Set([1265, 1366]);
const DUPLICATE = 1062;

/**
 * Statements on their way to the server, several in one packet. The answer counts each statement's warnings, but the server
 * tells what they were for the last one only: where an earlier one warned, the packet is undone to its savepoint and its statements
 * are sent again one by one. One packet is written while the server is at the one before.
 */
export class StatementQueue {
  readonly writer = new SqlWriter(WRITER_BYTES);
  /** Memory for the packet after the one being written. */
  #spare: Buffer = Buffer.allocUnsafeSlow(WRITER_BYTES);
  /** The packet that the server is at. */
  #sending: Promise<void> | undefined;
  readonly #connection: MysqlConnection;
  readonly #maxAllowedPacket: number;
  readonly #onAnomaly: (anomaly: Anomaly) => void;
  #queued: Queued[] = [];
  /** Start of the open statement. */
  #start = 0;

  constructor(
    connection: MysqlConnection,
    options: { maxAllowedPacket: number; onAnomaly: (anomaly: Anomaly) => void },
  ) {
    this.#connection = connection;
    this.#maxAllowedPacket = options.maxAllowedPacket;
    this.#onAnomaly = options.onAnomaly;
  }

  /** Ends the statement that was written since the last `end`. Throws TARGET_ROW_TOO_LARGE. */
  end(info: StatementInfo): void {
    const size = this.writer.length - this.#start;
    // One byte of the packet is the command.
    if (size + 1 >= this.#maxAllowedPacket) throw this.#tooLarge(info.label, size);
    this.#queued.push({ ...info, end: this.writer.length });
    this.writer.byte(0x3b);
    this.#start = this.writer.length;
  }

  /** True when what was written leaves no room in its packet for `bytes` more: end the statement and send first. */
  isFull(bytes: number): boolean {
    const { length } = this.writer;
    return length > 0 && length + bytes > Math.min(PACKET_BYTES, this.#maxAllowedPacket - 1024);
  }

  /**
   * Sends what is queued, once the packet before it is done and its answers are checked, and does not wait for the answers to this one:
   * the next packet is written meanwhile. What goes wrong shows at the next `send` or `flush`.
   */
  async send(): Promise<void> {
    await this.#answered();
    const queued = this.#queued;
    if (queued.length === 0) return;
    this.#queued = [];
    this.#start = 0;
    const { parts, memory } = this.writer.exchange(this.#spare);
    this.#sending = this.#execute(parts, queued).finally(() => {
      this.#spare = memory;
    });
    this.#sending.catch(() => undefined);
  }

  /** Sends what is queued and checks the answers. */
  async flush(): Promise<void> {
    await this.send();
    await this.#answered();
  }

  async #answered(): Promise<void> {
    await this.#sending;
    this.#sending = undefined;
  }

  async #execute(parts: readonly SqlPart[], queued: readonly Queued[]): Promise<void> {
    const [only] = queued;
    if (queued.length === 1 && only) await this.#one(sliceParts(parts, 0, only.end), only);
    else await this.#many(parts, queued);
  }

  async #many(parts: readonly SqlPart[], queued: readonly Queued[]): Promise<void> {
    const last = queued.at(-1)!;
    let results: WriteResult[];
    try {
      results = await this.#connection.execute([SAVEPOINT, ...sliceParts(parts, 0, last.end)], {
        // The first answer is that of the savepoint.
        objectOf: (index) => queued[index - 1]?.label,
      });
    } catch (error) {
      if (!isCascadeTooDeep(error)) throw error;
      return await this.#oneByOne(parts, queued);
    }
    const answers = results.slice(1);
    const warned = answers.findIndex((answer) => answer.warnings > 0);
    if (warned < 0 || warned === queued.length - 1) {
      if (warned >= 0) await this.#checkWarnings(last, answers[warned]!.warnings);
      for (const [i, answer] of answers.entries()) this.#checkRows(answer.affectedRows, queued[i]!);
      return;
    }
    await this.#oneByOne(parts, queued);
  }

  /** Again, from the savepoint on. */
  async #oneByOne(parts: readonly SqlPart[], queued: readonly Queued[]): Promise<void> {
    await this.#connection.execute('ROLLBACK TO SAVEPOINT opendts');
    let start = 0;
    for (const statement of queued) {
      await this.#one(sliceParts(parts, start, statement.end), statement);
      start = statement.end + 1;
    }
  }

  async #one(sql: readonly SqlPart[], statement: StatementInfo): Promise<void> {
    let answer: WriteResult | undefined;
    try {
      [answer] = await this.#connection.execute(sql, { object: statement.label });
    } catch (error) {
      if (!statement.stepByStep || !isCascadeTooDeep(error)) throw error;
      this.#checkRows(await statement.stepByStep(this.#connection, sql), statement);
    }
    if (!answer) return;
    if (answer.warnings > 0) await this.#checkWarnings(statement, answer.warnings);
    this.#checkRows(answer.affectedRows, statement);
  }

  #checkRows(foundRows: number, { label, expectedRows, refusal }: StatementInfo): void {
    if (expectedRows === undefined || foundRows >= expectedRows) return;
    if (refusal) throw refusal();
    this.#onAnomaly({ table: label, expectedRows, foundRows });
  }

  async #checkWarnings(statement: StatementInfo, counted: number): Promise<void> {
    const { warnings, complete } = await listWarnings(this.#connection, counted);
    let cut = 0;
    for (const { Level, Code } of warnings) {
      const code = Number(Code);
      if (harmless.has(code) || (statement.ignoresDuplicates && code === DUPLICATE)) continue;
      if (CUT.has(code) && ++cut <= (statement.errorMembers ?? 0)) continue;
      throw new DtsError(
        'VALUE_NOT_EXACT',
        `${statement.label} at the target changed a value: ${Level} ${code}`,
        {
          details: { object: statement.label, driverCode: String(code) },
        },
      );
    }
    if (complete) return;
    throw new DtsError('VALUE_NOT_EXACT', `${statement.label}: the target gave more warnings than it keeps`, {
      details: { object: statement.label, driverCode: 'too many' },
    });
  }

  #tooLarge(label: string, size: number): DtsError {
    return new DtsError(
      'TARGET_ROW_TOO_LARGE',
      `${label}: a row takes ${size} bytes as SQL, the target accepts ${this.#maxAllowedPacket}.`,
      { details: { object: label, bytes: size, maxAllowedPacket: this.#maxAllowedPacket } },
    );
  }
}

const SAVEPOINT = Buffer.from('SAVEPOINT opendts;');

/** Bytes `from` … `to` of consecutive buffers, without copying. */
export function sliceParts(parts: readonly SqlPart[], from: number, to: number): SqlPart[] {
  const found: SqlPart[] = [];
  let offset = 0;
  for (const part of parts) {
    const start = Math.max(from - offset, 0);
    const end = Math.min(to - offset, part.length);
    // No statement ends within a value.
    if (start < end) found.push(part instanceof Uint8Array ? part.subarray(start, end) : part);
    offset += part.length;
  }
  return found;
}
