import type { EndpointConfig } from '../../../engine/core/endpoint.ts';
import type { Row } from '../../../engine/core/row.ts';
import type { Column, ColumnType, Key, Table } from '../../../engine/core/table.ts';
import type { Checkpoint, TableBatch, WriteMode, WriteStep } from '../../../engine/core/target.ts';
import type { MysqlServer } from '../../servers/mysql.ts';

/** Structures and steps as the pipeline would hand them to an apply session, written short. */

export const endpointOf = (server: MysqlServer): EndpointConfig => ({
  engine: server.flavour === 'mariadb-10.11' ? 'MARIADB' : 'MYSQL',
  host: server.host,
  port: server.port,
  username: server.username,
  password: server.password,
  tls: { mode: 'DISABLED' },
});

export const column = (name: string, type: ColumnType | string, more: Partial<Column> = {}): Column => ({
  name,
  type: typeof type === 'string' ? { name: type } : type,
  nullable: true,
  ...more,
});

export function table(name: string, columns: readonly Column[], keys: readonly Key[] = []): Table {
  return { id: { database: 'apply', name }, columns, keys, foreignKeys: [] };
}

export const key = (name: string, columns: readonly number[], unique = true): Key => ({
  name,
  unique,
  primary: name === 'PRIMARY',
  parts: columns.map((index) => ({ column: index })),
});

export const id = (): Column => column('id', 'int', { nullable: false });

export function batches(
  source: Table,
  change: Partial<Omit<TableBatch, 'table'>>,
  mode: WriteMode = 'strict',
): WriteStep {
  const batch = {
    table: { source, id: source.id },
    deletes: [],
    replaces: [],
    updates: [],
    inserts: [],
    ...change,
  };
  return { kind: 'batches', batches: [batch], mode: () => mode };
}

export const inserts = (source: Table, rows: readonly Row[], mode?: WriteMode): WriteStep =>
  batches(source, { inserts: rows }, mode);

export const checkpoint = (logOffset: bigint): Checkpoint => ({
  logOffset,
  position: `position-${logOffset}` as Checkpoint['position'],
  committedAtMicros: 1_700_000_000_000_001,
});

export const bytes = (text: string, encoding: BufferEncoding = 'utf8'): Uint8Array =>
  Buffer.from(text, encoding);
