import { captureBinlog } from '../../../engine/connectors/mysql/capture/capture-binlog.ts';
import { createDecoder, type Evolve } from '../../../engine/connectors/mysql/capture/decoder.ts';
import { type BinlogPosition, formatPosition } from '../../../engine/connectors/mysql/position.ts';
import {
  type CaptureSink,
  type ChangeEvent,
  COPIED_PIECE_BYTES,
  type CommitMark,
} from '../../../engine/core/change.ts';
import { type Clock, systemClock } from '../../../engine/core/clock.ts';
import { silentLogger } from '../../../engine/core/logger.ts';
import type { Position } from '../../../engine/core/position.ts';
import type { ObjectSelection } from '../../../engine/core/selection.ts';
import type { StructureHistory } from '../../../engine/core/structure.ts';
import { type Column, type ColumnType, type Table, tableKey } from '../../../engine/core/table.ts';
import type { MysqlServer } from '../../servers/mysql.ts';

/** One transaction as the sink saw it. */
export interface Captured {
  readonly transaction: Position;
  readonly pieces: readonly Uint8Array[];
  /** As counted by capture. */
  readonly rows: number;
  readonly mark: CommitMark;
}

/** Capture of a real server, running. */
export interface LiveCapture extends AsyncDisposable {
  readonly transactions: readonly Captured[];
  /** Rejects when capture fails; resolves when it was stopped. */
  readonly done: Promise<void>;
  /** Resolves when a transaction or idle report covers `position`. */
  reached(test: (position: Position) => boolean): Promise<void>;
  stop(): Promise<void>;
}

export const isMariadb = (server: MysqlServer): boolean => server.flavour.startsWith('mariadb');

export function endpointOf(server: MysqlServer, port = server.port) {
  return {
    engine: isMariadb(server) ? ('MARIADB' as const) : ('MYSQL' as const),
    host: server.host,
    port,
    username: server.username,
    password: server.password,
    tls: { mode: 'PREFERRED' as const },
  };
}

/** Where the server's log ends now. */
export async function endOfLog(server: MysqlServer): Promise<BinlogPosition> {
  const statement = server.flavour === 'mysql-9.7' ? 'SHOW BINARY LOG STATUS' : 'SHOW MASTER STATUS';
  const [status] = await server.query<{ File: string; Position: number }>(statement);
  const [row] = await server.query<{ gtid: string; uuid: string }>(
    isMariadb(server)
      ? "SELECT @@GLOBAL.gtid_binlog_pos AS gtid, '' AS uuid"
      : "SELECT REPLACE(@@GLOBAL.gtid_executed, '\\n', '') AS gtid, @@server_uuid AS uuid",
  );
  return {
    flavour: isMariadb(server) ? 'mariadb' : 'mysql',
    gtid: row!.gtid,
    file: status!.File,
    offset: Number(status!.Position),
    serverUuid: row!.uuid,
  };
}

export function startCapture(options: {
  server: MysqlServer;
  from: BinlogPosition;
  selection: ObjectSelection;
  heartbeatMillis?: number;
  port?: number;
  pressure?: () => Promise<void> | undefined;
  isAwaited?: () => boolean;
  clock?: Clock;
}): LiveCapture {
  const transactions: Captured[] = [];
  const waiting = new Set<(position: Position) => void>();
  const stopping = new AbortController();
  let open: { transaction: Position; pieces: Uint8Array[]; rows: number } | undefined;
  let large: { readonly bytes: Buffer; filled: number } | undefined;
  let latest: Position | undefined;
  const tell = (position: Position) => {
    latest = position;
    for (const listener of waiting) listener(position);
  };
  const sink: CaptureSink = {
    begin(transaction) {
      if (open) throw new Error('begin inside a transaction');
      open = { transaction, pieces: [], rows: 0 };
    },
    piece(bytes, rows = 0) {
      if (!open) throw new Error('piece outside a transaction');
      open.pieces.push(bytes.length <= COPIED_PIECE_BYTES ? Buffer.from(bytes) : bytes);
      open.rows += rows;
    },
    largePiece(length, rows = 0) {
      if (!open) throw new Error('piece outside a transaction');
      open.rows += rows;
      large = { bytes: Buffer.alloc(length), filled: 0 };
      open.pieces.push(large.bytes);
    },
    part(bytes) {
      if (!large) throw new Error('part outside a large piece');
      large.bytes.set(bytes, large.filled);
      large.filled += bytes.length;
    },
    commit(mark) {
      if (!open) throw new Error('commit outside a transaction');
      transactions.push({ ...open, mark });
      open = undefined;
      tell(mark.position);
    },
    abandon() {
      open = undefined;
    },
    idle: (position) => tell(position),
    pressure: () => options.pressure?.(),
  };
  const done = captureBinlog({
    endpoint: endpointOf(options.server, options.port),
    clock: options.clock ?? systemClock,
    logger: silentLogger,
    from: formatPosition(options.from),
    selection: options.selection,
    sink,
    signal: stopping.signal,
    readerId: 4_000_000 + Math.floor(Math.random() * 1_000_000),
    heartbeatMillis: options.heartbeatMillis,
    isAwaited: options.isAwaited,
  });
  const stop = async () => {
    stopping.abort();
    await done.catch(() => {});
  };
  done.catch(() => {});
  return {
    transactions,
    done,
    async reached(test) {
      if (latest !== undefined && test(latest)) return;
      let listener: ((position: Position) => void) | undefined;
      const seen = new Promise<void>((resolve) => {
        listener = (position) => test(position) && resolve();
        waiting.add(listener);
      });
      try {
        await Promise.race([seen, done.then(() => Promise.reject(new Error('capture ended')))]);
      } finally {
        if (listener) waiting.delete(listener);
      }
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Rows of captured transactions, as capture counted them. */
export const countedRows = (transactions: readonly Captured[]): number =>
  transactions.reduce((sum, { rows }) => sum + rows, 0);

/** All events of captured transactions under a structure that does not change. */
export function decodeAll(transactions: readonly Captured[], history: StructureHistory): ChangeEvent[] {
  const decoder = createDecoder({ history, selection: { databases: [] }, evolve: keepStructure });
  return transactions.flatMap(({ pieces }) => {
    decoder.beginTransaction();
    return pieces.flatMap((piece) => [...decoder.decode(piece)]);
  });
}

const keepStructure: Evolve = (history) => ({ history, effects: [{ kind: 'none', reason: 'test' }] });

export function historyOf(tables: readonly Table[]): StructureHistory {
  const byKey = new Map(tables.map((table) => [tableKey(table.id), table]));
  return {
    table: (id) => byKey.get(tableKey(id)),
    tables: () => tables,
    adopting: (id, from) => {
      const others = tables.filter((table) => tableKey(table.id) !== tableKey(id));
      const adopted = from.table(id);
      return historyOf(adopted === undefined ? others : [...others, adopted]);
    },
    serialize: () => '',
  };
}

/** The structure of a table as information_schema tells it now. */
export async function liveTable(server: MysqlServer, database: string, name: string): Promise<Table> {
  const rows = await server.query<Record<string, string | number | null>>(
    `SELECT COLUMN_NAME AS name, DATA_TYPE AS type, COLUMN_TYPE AS full, IS_NULLABLE AS nullable, EXTRA AS extra,
       CHARACTER_MAXIMUM_LENGTH AS length, NUMERIC_PRECISION AS \`precision\`, NUMERIC_SCALE AS scale,
       DATETIME_PRECISION AS fraction, CHARACTER_SET_NAME AS charset, COLLATION_NAME AS collation
     FROM information_schema.COLUMNS WHERE TABLE_SCHEMA='${database}' AND TABLE_NAME='${name}' ORDER BY ORDINAL_POSITION`,
  );
  const columns = rows.map(columnOf);
  const keys = [{ name: 'PRIMARY', unique: true, primary: true, parts: [{ column: 0 }] }];
  return { id: { database, name }, columns, keys, foreignKeys: [] };
}

function columnOf(row: Record<string, string | number | null>): Column {
  const full = String(row.full);
  const members = /^(?:enum|set)\((.*)\)$/.exec(full)?.[1];
  const scale = row.fraction ?? row.scale;
  const type: ColumnType = {
    name: String(row.type),
    unsigned: / unsigned/.test(full),
    ...(row.length === null ? {} : { length: Number(row.length) }),
    ...(scale === null || scale === undefined ? {} : { scale: Number(scale) }),
    ...(row.charset === null ? {} : { charset: String(row.charset) }),
    ...(members === undefined ? {} : { members: members.slice(1, -1).split("','") }),
  };
  const extra = String(row.extra);
  return {
    name: String(row.name),
    type,
    nullable: row.nullable === 'YES',
    ...(/VIRTUAL/.test(extra) ? { generated: 'VIRTUAL' as const } : {}),
    ...(/STORED|PERSISTENT/.test(extra) ? { generated: 'STORED' as const } : {}),
  };
}
