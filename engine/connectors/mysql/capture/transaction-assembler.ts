import type { CaptureSink } from '../../../core/change.ts';
import { DtsError } from '../../../core/errors.ts';
import type { Position } from '../../../core/position.ts';
import type { ObjectSelection } from '../../../core/selection.ts';
import { type BinlogPosition, describePosition, PositionWriter } from '../position.ts';
import { type BinlogEvent, corrupt, eventTypes, headerLength, isRowsEvent } from './event.ts';
import { type MariadbGtidEvent, parseGtid, parseMariadbGtid, parseTaggedGtid } from './gtid-event.ts';
import { LogPlace } from './log-place.ts';
import { pieceHeader, pieceHeaderLength, pieceOf } from './piece.ts';
import { PreparedTransactions } from './prepared-transactions.ts';
import { Progress, type TransactionId } from './progress.ts';
import {
  firstWords,
  isBegin,
  parseExecuteLoadQuery,
  parseQueryEvent,
  type QueryEvent,
} from './query-event.ts';
import { RowCounter } from './row-counter.ts';
import { statusVariables } from './status-variables.ts';
import { mayTouch, TableMapFilter } from './table-filter.ts';

export interface AssemblerOptions {
  readonly from: BinlogPosition;
  readonly selection: ObjectSelection;
  readonly sink: CaptureSink;
  /** Server that is read: file and offset of positions are its own. */
  readonly serverUuid: string;
}

/**
 * Makes transactions of the events of a binary log: decides where each begins and ends, drops rows of tables that are not selected, and
 * tells the position after each. Pure: events go in, calls of the sink come out.
 *
 *   none ──GTID──► announced ──BEGIN──► open ──XID, COMMIT──► none
 *    │                 └──any other statement (DDL): a transaction of its own──► none
 *    └──BEGIN (servers without GTID events)──► open
 *
 * MariaDB sends no BEGIN: its GTID event opens, unless it says that a single statement follows.
 */
export class TransactionAssembler {
  /** Set when transactions without a selected change have passed since the sink was last told a position. */
  passed: number | undefined;
  readonly #sink: CaptureSink;
  readonly #selection: ObjectSelection;
  readonly #filter: TableMapFilter;
  readonly #mariadb: boolean;
  readonly #positions: PositionWriter;
  readonly #place: LogPlace;
  readonly #progress: Progress;
  readonly #prepared: PreparedTransactions;
  readonly #counter = new RowCounter();
  /** Tables mapped in the open transaction: whether their rows are carried. */
  readonly #tables = new Map<number, boolean>();
  #state: 'none' | 'announced' | 'open' = 'none';
  #id: TransactionId | undefined;
  #alter: MariadbGtidEvent['alter'] = 'none';
  #committedAtMicros: number | undefined;
  #begun = false;
  #hasRows = false;
  /** A table was dropped in the open transaction, which cannot be rolled back. */
  #hasDropped = false;

  constructor({ from, selection, sink, serverUuid }: AssemblerOptions) {
    this.#sink = sink;
    this.#selection = selection;
    this.#filter = new TableMapFilter(selection);
    this.#mariadb = from.flavour === 'mariadb';
    this.#positions = new PositionWriter(from.flavour, serverUuid);
    this.#place = new LogPlace(from);
    this.#progress = new Progress(from);
    this.#prepared = new PreparedTransactions();
  }

  /** Takes the next event of the log. Throws SOURCE_LOG_CORRUPT, SOURCE_CONFIG. */
  accept(event: BinlogEvent): void {
    if (this.advance(event)) this.acceptInner(event);
  }

  /** Moves the position over an event of the file; false when the event is one before the wanted position. */
  advance(event: BinlogEvent): boolean {
    return this.#place.advance(event);
  }

  /** Takes an event from inside a compressed transaction, which has no place of its own in the file. */
  acceptInner(event: BinlogEvent): void {
    switch (event.type) {
      case eventTypes.tableMap:
        this.#tableMap(event);
        return;
      case eventTypes.xid:
        this.#commit(event.timestamp);
        return;
      case eventTypes.query:
        if (isBegin(event)) this.#open();
        else this.#query(event, parseQueryEvent(event.bytes.subarray(headerLength)));
        return;
      case eventTypes.gtid: {
        const gtid = parseGtid(event);
        this.#announce(gtid, gtid.committedAtMicros);
        return;
      }
      case eventTypes.gtidTagged: {
        const gtid = parseTaggedGtid(event);
        this.#announce(gtid, gtid.committedAtMicros);
        return;
      }
      case eventTypes.anonymousGtid:
        this.#progress.refuseAnonymous();
        this.#announce(undefined, parseGtid(event).committedAtMicros);
        return;
      case eventTypes.mariadbGtid:
        this.#mariadbGtid(parseMariadbGtid(event));
        return;
      case eventTypes.xaPrepare:
        this.#xaPrepare(event);
        return;
      case eventTypes.executeLoadQuery:
        this.#statement(parseExecuteLoadQuery(event.bytes.subarray(headerLength)));
        return;
      case eventTypes.incident:
        throw corrupt('the source reports an incident: changes are missing in it');
      case eventTypes.mariadbStartEncryption:
        return;
      default:
        if (isRowsEvent(event.type)) {
          if (this.#carriesRows(event)) this.#piece(event);
        } else if (event.type >= eventTypes.preGaWriteRows && event.type <= eventTypes.preGaDeleteRows) {
          throw corrupt('it holds row events of MySQL 5.1 beta versions');
        }
    }
  }

  /** Whether an event of this type may be taken by `beginRows`. */
  takesParts(type: number): boolean {
    // Pieces of an XA transaction may have to wait for its end in memory.
    return isRowsEvent(type) && !this.#prepared.isOpen;
  }

  /**
   * As `acceptInner`, of a rows event whose body comes in parts; `event` holds its head. Gives who takes the parts: `bodyLength`
   * bytes, before anything else is accepted. Throws SOURCE_LOG_CORRUPT.
   */
  beginRows(event: BinlogEvent, bodyLength: number): (part: Uint8Array) => void {
    if (!this.#carriesRows(event)) return () => undefined;
    this.#begin();
    // One row, as a rule: servers end an event with the row that makes it large.
    this.#sink.largePiece(pieceHeaderLength + bodyLength, 1);
    this.#sink.part(pieceHeader(event, this.#mariadb));
    return (part) => this.#sink.part(part);
  }

  /** True inside a transaction: the sink must not be told that the source is idle. */
  get isOpen(): boolean {
    return this.#state !== 'none';
  }

  /** Tells the sink that nothing selected was written up to here. */
  idle(timeMicros: number): void {
    if (this.isOpen) return;
    this.passed = undefined;
    this.#sink.idle(this.#position(), timeMicros);
  }

  #position(): Position {
    return this.#placeWith(this.#progress.text);
  }

  /** The open transaction alone. Without GTID an offset inside it serves: no watermark stands there. */
  #name(): Position {
    return this.#placeWith(this.#progress.nameOf(this.#id));
  }

  #placeWith(gtid: string | undefined): Position {
    return this.#positions.format(gtid, this.#place.file, this.#place.offset);
  }

  #open(): void {
    if (this.#state === 'none') this.#announce(undefined, undefined);
    this.#state = 'open';
  }

  #mariadbGtid(event: MariadbGtidEvent): void {
    const { domain, server, sequence } = event;
    this.#announce({ domain, server, sequence }, undefined);
    this.#alter = event.alter;
    if (!event.standalone && !event.completedXa) this.#state = 'open';
  }

  #announce(id: TransactionId | undefined, committedAtMicros: number | undefined): void {
    // A server that died while it wrote leaves a transaction without an end: it never committed.
    this.#drop();
    this.#state = 'announced';
    this.#id = id;
    this.#committedAtMicros = committedAtMicros;
  }

  #tableMap(event: BinlogEvent): void {
    const selected = this.#filter.selects(event);
    this.#tables.set(tableIdOf(event), selected);
    if (selected) this.#piece(event);
  }

  #carriesRows(event: BinlogEvent): boolean {
    const id = tableIdOf(event);
    const selected = this.#tables.get(id);
    if (selected === undefined && id !== endOfStatementTable) {
      throw corrupt('rows come without the map of their table');
    }
    if (selected) this.#hasRows = true;
    return selected ?? false;
  }

  #query(event: BinlogEvent, query: QueryEvent): void {
    const words = firstWords(query.text);
    switch (words[0]) {
      case 'BEGIN':
        this.#open();
        return;
      case 'COMMIT':
        this.#commit(event.timestamp);
        return;
      case 'ROLLBACK':
        this.#rollback(words[1] === 'TO', event.timestamp);
        return;
      case 'SAVEPOINT':
      case 'RELEASE':
        return;
      case 'XA':
        this.#xa(words[1] ?? '', query.text.toString('latin1'), event.timestamp);
        return;
      case 'INSERT':
      case 'UPDATE':
      case 'DELETE':
      case 'REPLACE':
      case 'LOAD':
      case 'WITH':
        this.#statement(query);
        break;
      case undefined:
        break;
      default:
        this.#hasDropped ||= words[0] === 'DROP' && words[1] === 'TABLE';
        // The start of a two-phase ALTER has no effect yet; its end brings the statement again.
        if (this.#alter !== 'start' && this.#alter !== 'rollback') this.#piece(event);
    }
    if (this.#state !== 'open') this.#commit(event.timestamp);
  }

  /** A change that was logged as its statement and not as its rows: which rows it changed cannot be known. */
  #statement(query: QueryEvent): void {
    const updatedDatabases = statusVariables(query.status, this.#mariadb).updatedDatabases;
    const text = query.text.toString('utf8');
    if (!mayTouch(this.#selection, { database: query.database, updatedDatabases, text })) return;
    throw new DtsError(
      'SOURCE_CONFIG',
      'The source logged a change as its statement, not as rows: binlog_format was not ROW in that session.',
      {
        remedy:
          'Set binlog_format=ROW at the source, globally and in every session, then create the task anew.',
        details: { position: describePosition(this.#position()), object: query.database },
      },
    );
  }

  #commit(timestamp: number): void {
    this.#progress.add(this.#id);
    const committedAtMicros = this.#committedAtMicros ?? timestamp * 1_000_000;
    if (this.#begun) {
      this.#sink.commit({ position: this.#position(), committedAtMicros });
      this.passed = undefined;
    } else this.passed = committedAtMicros;
    this.#close();
  }

  /**
   * A transaction that ends in ROLLBACK is logged only where it changed something that cannot be rolled back. Rows of such tables stayed at
   * the source, rows of others did not, and the log does not tell which is which.
   */
  #rollback(toSavepoint: boolean, timestamp: number): void {
    if (this.#hasRows) {
      throw new DtsError(
        'SOURCE_CONFIG',
        'The source logged a transaction that was rolled back and yet changed tables of an engine without transactions.',
        {
          details: { position: describePosition(this.#position()) },
          remedy: 'Convert the selected tables to InnoDB, then create the task anew.',
        },
      );
    }
    if (toSavepoint) return;
    // So MariaDB logs CREATE OR REPLACE TABLE … SELECT that failed after it had dropped the former table.
    if (!this.#hasDropped) this.#abandon();
    this.#commit(timestamp);
  }

  /** The statements around an XA transaction. Its rows count when it is committed, in another transaction of the log. */
  #xa(verb: string, text: string, timestamp: number): void {
    const xid = text.slice(text.indexOf(verb) + verb.length).trim();
    if (verb === 'START' || verb === 'BEGIN') {
      this.#state = 'open';
      this.#prepared.start(xid);
    } else if (verb === 'COMMIT' || verb === 'ROLLBACK') {
      const prepared = this.#prepared.take(xid);
      // Positions that cannot leave out the prepared transaction never let one with rows pass (see #xaPrepare).
      if (!prepared && this.#progress.hasHoles && verb === 'COMMIT') throw unknownXa(this.#position());
      if (prepared) this.#progress.add(prepared.id);
      if (verb === 'COMMIT') for (const piece of prepared?.pieces ?? []) this.#give(piece);
      this.#commit(timestamp);
    }
  }

  #xaPrepare(event: BinlogEvent): void {
    const onePhase = event.bytes[headerLength] !== 0;
    if (onePhase) {
      this.#commit(event.timestamp);
      return;
    }
    if (this.#progress.hasHoles) {
      // Kept out of the position until its end: after a restart the source sends it again.
      this.#prepared.prepare(this.#id);
    } else {
      if (this.#hasRows) {
        throw new DtsError(
          'SOURCE_CONFIG',
          'The source prepared an XA transaction that changes selected tables.',
          {
            remedy:
              'Use MySQL with gtid_mode=ON, or commit XA transactions of selected tables in one phase; then create the task anew.',
            details: { position: describePosition(this.#position()) },
          },
        );
      }
      this.#progress.add(this.#id);
    }
    this.#abandon();
    this.#close();
  }

  #piece(event: BinlogEvent): void {
    const piece = pieceOf(event, this.#mariadb);
    this.#prepared.keep(piece);
    this.#give(piece);
  }

  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#sink.begin(this.#name());
  }

  #give(piece: Uint8Array): void {
    this.#begin();
    this.#sink.piece(piece, this.#counter.count(piece));
  }

  #drop(): void {
    this.#abandon();
    this.#close();
  }

  #abandon(): void {
    if (this.#begun) this.#sink.abandon();
    this.#begun = false;
  }

  #close(): void {
    this.#state = 'none';
    this.#begun = false;
    this.#hasRows = false;
    this.#hasDropped = false;
    this.#id = undefined;
    this.#alter = 'none';
    this.#committedAtMicros = undefined;
    this.#prepared.leave();
    this.#tables.clear();
  }
}

const tableIdOf = ({ buffer, start }: BinlogEvent): number => buffer.readUIntLE(start + headerLength, 6);

/** Table id of a rows event without rows that only ends a statement. */
const endOfStatementTable = 0xffffff;

const unknownXa = (position: Position) =>
  new DtsError(
    'SOURCE_POSITION_MISSING',
    'The source committed an XA transaction that was prepared before the position of the task: its rows are unknown.',
    {
      details: { position: describePosition(position) },
      remedy: 'Create the task anew while no XA transaction is prepared at the source (XA RECOVER).',
    },
  );
