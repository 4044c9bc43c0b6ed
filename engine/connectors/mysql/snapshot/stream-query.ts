import type { Socket } from 'node:net';
import mysql from 'mysql2';
import { AbortedError, DtsError } from '../../../core/errors.ts';
import { blockBytes, type RowBlock } from '../../../core/source.ts';
import type { MysqlConnection } from '../connection.ts';
import { classify } from '../errors.ts';
import { RowPackets } from './row-packets.ts';
import { RowTextEncoder } from './row-text.ts';

type Finished = (error: Error | null) => void;

/** The driver's Query command, of which only instances are public. It looks its steps up on `this`: a subclass can replace them. */
interface QueryCommand {
  _receivedFieldsCount: number;
  readonly _fieldCount: number;
  done(): null;
}
const Query = (
  mysql as unknown as { createQuery(sql: object, values: unknown, callback: unknown, config: object): object }
).createQuery({ sql: '' }, undefined, undefined, {}).constructor as new (
  options: { sql: string },
  onResult: Finished,
) => QueryCommand;

/** Rows pass it by; column definitions are not even parsed: the caller knows its own columns. */
class RowStreamQuery extends Query {
  readonly #packets: RowPackets;

  constructor(sql: string, packets: RowPackets, finished: Finished) {
    super({ sql }, finished);
    this.#packets = packets;
  }

  readField(): unknown {
    this._receivedFieldsCount += 1;
    return this._receivedFieldsCount === this._fieldCount ? this.fieldsEnd : this.readField;
  }

  fieldsEnd(): unknown {
    this.#packets.rowsBegin();
    return this.rowsEnd;
  }

  rowsEnd(): unknown {
    return this.done();
  }
}

/** Bytes that may wait for the consumer before the socket is paused, and at which it is resumed. */
const PAUSE_BYTES = 2 * 1024 * 1024;
const RESUME_BYTES = 1024 * 1024;

/**
 * Streams the rows of a SELECT as blocks of LOAD DATA text. The socket stands still while the consumer is slow.
 * A consumer that stops early, and the signal, end the connection: the server ends the query when it next writes.
 * Rejects with DtsError as classified for a source, or AbortedError.
 *
 * @param escaped, documents see RowTextEncoder.
 */
export async function* streamRows(options: {
  connection: MysqlConnection;
  sql: string;
  escaped: readonly boolean[];
  documents: readonly number[];
  signal: AbortSignal;
  object: string;
}): AsyncGenerator<RowBlock> {
  const { connection, signal } = options;
  const driver = connection.driver as unknown as { stream: Socket; addCommand(command: object): void };
  const socket = driver.stream;
  const waiting: RowBlock[] = [];
  let waitingBytes = 0;
  let finished = false;
  let failure: unknown;
  let wake = () => {};

  const finish = (error: unknown) => {
    finished = true;
    failure ??= error ?? undefined;
    wake();
  };
  const onAbort = () => finish(new AbortedError());
  const onClose = () =>
    finish(
      connection.failure ??
        new DtsError('CONNECTION_FAILED', 'The source closed the connection within a table.'),
    );
  const onTimeout = () => connection.lookAfterSilence();
  const encoder = new RowTextEncoder(options.escaped, options.documents, (block) => {
    waiting.push(block);
    waitingBytes += blockBytes(block);
    if (waitingBytes >= PAUSE_BYTES) socket.pause();
    wake();
  });

  const packets = new RowPackets(connection.driver);
  signal.addEventListener('abort', onAbort, { once: true });
  socket.on('close', onClose);
  socket.on('timeout', onTimeout);
  socket.setTimeout(connection.stallTimeoutMs);
  let complete = false;
  try {
    packets.begin(encoder, finish);
    if (signal.aborted) onAbort();
    else {
      const finished = (error: Error | null) => {
        if (error === null) encoder.flush();
        finish(error);
      };
      driver.addCommand(new RowStreamQuery(options.sql, packets, finished));
    }
    for (;;) {
      if (failure !== undefined) throw classify(failure, 'source', options.object);
      const block = waiting.shift();
      if (block) {
        waitingBytes -= blockBytes(block);
        if (waitingBytes <= RESUME_BYTES && socket.isPaused()) socket.resume();
        yield block;
      } else if (finished) {
        complete = true;
        return;
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    socket.off('close', onClose);
    socket.off('timeout', onTimeout);
    socket.setTimeout(0);
    packets.end();
    if (!complete) connection.destroy();
  }
}
