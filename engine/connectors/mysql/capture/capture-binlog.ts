import type { Clock } from '../../../core/clock.ts';
import type { EndpointConfig } from '../../../core/endpoint.ts';
import { AbortedError, DtsError } from '../../../core/errors.ts';
import type { Logger } from '../../../core/logger.ts';
import type { CaptureOptions } from '../../../core/source.ts';
import { connect } from '../connect.ts';
import type { MysqlConnection } from '../connection.ts';
import { classify } from '../errors.ts';
import { type BinlogPosition, parsePosition } from '../position.ts';
import { Bursts } from './bursts.ts';
import { EventCutter, expandMariadbEvent, parseTransactionPayload, unpackPayload } from './compression.ts';
import { type DumpConnection, openDump } from './dump-connection.ts';
import {
  announcedChecksum,
  BinlogEvent,
  type ChecksumAlgorithm,
  checksumLength,
  eventTypes,
  headerLength,
  parseEvent,
  parseInnerEvent,
} from './event.ts';
import { BodyStream, type EventStream, eventLength, joinedEvent } from './event-stream.ts';
import { checkStart, type SourceLog } from './start-check.ts';
import { TransactionAssembler } from './transaction-assembler.ts';

/** A connection that misses this many heartbeats in a row counts as stalled. */
const SILENT_HEARTBEATS = 15;

export interface BinlogCaptureOptions extends CaptureOptions {
  readonly endpoint: EndpointConfig;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How often an idle source says that it lives: what waits for a position waits that long. Default 1 s. */
  readonly heartbeatMillis?: number | undefined;
}

/**
 * `Source.capture` of MySQL and MariaDB: reads the binary log into the sink until the signal aborts, then resolves.
 * Throws CONNECTION_*, SOURCE_LOG_*, SOURCE_POSITION_MISSING, SOURCE_CHANGED, SOURCE_CONFIG and what `connect` throws.
 */
export async function captureBinlog(options: BinlogCaptureOptions): Promise<void> {
  const { signal, endpoint, clock } = options;
  const from = parsePosition(options.from);
  const heartbeatMillis = options.heartbeatMillis ?? 1000;
  let control: MysqlConnection | undefined;
  try {
    control = await connect(endpoint, {
      purpose: 'admin',
      role: 'source',
      signal,
      stallTimeoutMs: heartbeatMillis * SILENT_HEARTBEATS,
    });
    const log = await checkStart(control, from, () => clock.now());
    await new BinlogCapture({ ...options, heartbeatMillis, position: from, log, control }).run();
  } catch (error) {
    if (signal.aborted) return;
    throw await explain(error, control, from, clock);
  } finally {
    options.sink.abandon();
    control?.destroy();
  }
}

/** The server's one number for every refusal of its log says nothing: what it has is looked up again. */
async function explain(
  error: unknown,
  control: MysqlConnection | undefined,
  from: BinlogPosition,
  clock: Clock,
): Promise<unknown> {
  const refused = typeof error === 'object' && error !== null && 'errno' in error && error.errno === 1236;
  if (!refused) return classify(error, 'source');
  try {
    if (control) await checkStart(control, from, () => clock.now());
  } catch (reason) {
    if (reason instanceof DtsError) return reason;
  }
  const text = error instanceof Error ? error.message : '';
  return new DtsError('SOURCE_LOG_CORRUPT', `The source cannot read its binary log: ${text}`, {
    cause: error,
  });
}

interface RunOptions extends BinlogCaptureOptions {
  readonly heartbeatMillis: number;
  readonly position: BinlogPosition;
  readonly log: SourceLog;
  readonly control: MysqlConnection;
}

/** One connection's worth of capture. */
class BinlogCapture {
  readonly #options: RunOptions;
  readonly #assembler: TransactionAssembler;
  readonly #mariadb: boolean;
  #checksum: ChecksumAlgorithm = 'unknown';
  #dump: DumpConnection | undefined;
  /** Something came since the watch last looked. */
  #heard = false;
  #lastSign: number;
  /** Why nothing is read: the sink is full, a large transaction is being unpacked, nobody waits for what would come. Reading goes on with the last. */
  #holds = 0;
  readonly #bursts: Bursts;
  #flush: NodeJS.Immediate | undefined;
  #settle: ((error: unknown) => void) | undefined;

  constructor(options: RunOptions) {
    this.#options = options;
    this.#mariadb = options.position.flavour === 'mariadb';
    this.#lastSign = options.clock.now();
    this.#bursts = new Bursts(options);
    this.#assembler = new TransactionAssembler({
      from: options.position,
      selection: options.selection,
      sink: options.sink,
      serverUuid: options.log.serverUuid,
    });
  }

  /** Ends only by failure or abort: always rejects. */
  async run(): Promise<void> {
    const { signal, control, position, readerId, heartbeatMillis, log } = this.#options;
    const over = new AbortController();
    const onAbort = () => this.#fail(new AbortedError());
    try {
      await new Promise<never>((_, reject) => {
        this.#settle = reject;
        if (signal.aborted) return reject(new AbortedError());
        signal.addEventListener('abort', onAbort, { once: true });
        this.#watch(over.signal);
        this.#dump = openDump({
          control: control.driver,
          from: position,
          readerId,
          heartbeatMillis,
          serverUuid: log.serverUuid,
          onEvent: (bytes, start, end) => this.#receive(bytes, start, end),
          onLargeEvent: (head) => this.#receiveLarge(head),
          onDrained: (bytes) => this.#rest(bytes),
          onError: (error) => this.#fail(error),
        });
      });
    } finally {
      this.#settle = undefined;
      over.abort();
      clearImmediate(this.#flush);
      signal.removeEventListener('abort', onAbort);
      this.#dump?.destroy();
    }
  }

  /** From here on nothing is taken: what stands behind a bad event in the same chunk of the socket would complete its transaction. */
  #fail(error: unknown): void {
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.(error);
  }

  #receive(bytes: Buffer, start = 0, end = bytes.length): void {
    if (!this.#settle) return;
    this.#heard = true;
    try {
      const event = parseEvent(bytes, this.#checksum, start, end);
      if (event.type === eventTypes.transactionPayload) this.#unpack(event);
      else this.#accept(event);
    } catch (error) {
      this.#fail(error);
    }
  }

  #receiveLarge(head: Buffer): EventStream {
    let stream: EventStream | undefined;
    const guarded = (work: () => void) => {
      if (!this.#settle) return;
      this.#heard = true;
      try {
        work();
      } catch (error) {
        this.#fail(error);
      }
    };
    guarded(() => {
      stream =
        this.#rowsInParts(head, this.#checksum, true) ??
        joinedEvent(eventLength(head), (bytes) => this.#receive(bytes));
    });
    return {
      part: (bytes) =>
        guarded(() => {
          stream?.part(bytes);
          this.#yieldToSink();
        }),
      end: () =>
        guarded(() => {
          stream?.end();
          this.#yieldToSink();
        }),
    };
  }

  /** Rows go to the sink while they come: an event of them may be larger than what the task may hold. Undefined for other events. */
  #rowsInParts(head: Buffer, checksum: ChecksumAlgorithm, inFile: boolean): EventStream | undefined {
    const event = new BinlogEvent(head);
    if (checksum === 'unknown' || !this.#assembler.takesParts(event.type)) return undefined;
    const wanted = !inFile || this.#assembler.advance(event);
    const bodyLength = eventLength(head) - headerLength - checksumLength(checksum);
    const onBody = wanted ? this.#assembler.beginRows(event, bodyLength) : () => undefined;
    return new BodyStream(head, checksum, onBody);
  }

  #accept(raw: BinlogEvent): void {
    if (raw.type === eventTypes.formatDescription) this.#checksum = announcedChecksum(raw);
    this.#assembler.accept(this.#mariadb ? expandMariadbEvent(raw) : raw);
    if (raw.type === eventTypes.heartbeat) this.#assembler.idle(this.#sourceMicros());
    else this.#announcePassed();
    this.#yieldToSink();
  }

  #yieldToSink(): void {
    const pressure = this.#holds > 0 ? undefined : this.#options.sink.pressure();
    if (pressure) this.#hold(pressure);
  }

  /** Small transactions are unpacked at once, large ones while nothing more is read. */
  #unpack(event: BinlogEvent): void {
    // The position after its transaction is that after the whole event.
    if (!this.#assembler.advance(event)) return;
    // It may be unpacked after this call, and its bytes are good until then.
    const chunks = unpackPayload(parseTransactionPayload(new BinlogEvent(Buffer.from(event.bytes))));
    if (Symbol.iterator in chunks) {
      const cutter = this.#cutter();
      for (const chunk of chunks) {
        for (const bytes of cutter.push(chunk)) this.#assembler.acceptInner(parseInnerEvent(bytes));
      }
      cutter.finish();
      this.#announcePassed();
      this.#yieldToSink();
    } else this.#hold(this.#unpackSlowly(chunks));
  }

  #cutter(): EventCutter {
    return new EventCutter((head) => this.#rowsInParts(head, 'none', false));
  }

  async #unpackSlowly(chunks: AsyncIterable<Buffer>): Promise<void> {
    const cutter = this.#cutter();
    for await (const chunk of chunks) {
      for (const bytes of cutter.push(chunk)) {
        if (!this.#settle) return;
        this.#assembler.acceptInner(parseInnerEvent(bytes));
        await this.#options.sink.pressure();
      }
      await this.#options.sink.pressure();
    }
    cutter.finish();
    this.#announcePassed();
  }

  #rest(bytes: number): void {
    if (!this.#settle || (this.#options.isAwaited?.() ?? true)) return;
    const rest = this.#bursts.rest(bytes);
    if (rest) this.#hold(rest);
  }

  #hold(until: Promise<void>): void {
    this.#holds += 1;
    this.#dump?.pause();
    until.then(
      () => {
        this.#holds -= 1;
        this.#heard = true;
        if (this.#holds === 0 && this.#settle) this.#dump?.resume();
      },
      (error: unknown) => this.#fail(error),
    );
  }

  /** Once for all transactions of a socket's chunk that had nothing for the sink. */
  #announcePassed(): void {
    if (this.#assembler.passed === undefined || this.#flush) return;
    this.#flush = setImmediate(() => {
      this.#flush = undefined;
      if (this.#assembler.passed !== undefined) this.#assembler.idle(this.#assembler.passed);
    });
  }

  #watch(over: AbortSignal): void {
    const { clock, heartbeatMillis } = this.#options;
    const limit = heartbeatMillis * SILENT_HEARTBEATS;
    const watch = async () => {
      for (;;) {
        await clock.sleep(heartbeatMillis, over);
        if (this.#heard) this.#lastSign = clock.now();
        this.#heard = false;
        if (this.#holds > 0 || clock.now() - this.#lastSign < limit) continue;
        throw new DtsError('CONNECTION_STALLED', `The source gave no sign of life for ${limit / 1000} s.`);
      }
    };
    watch().catch((error: unknown) => {
      if (!over.aborted) this.#fail(error);
    });
  }

  #sourceMicros(): number {
    const { clock, log } = this.#options;
    return Math.round((clock.now() + log.clockOffsetMillis) * 1000);
  }
}
