import { askCapabilities, type ServerCapabilities } from '../../../engine/connectors/mysql/capabilities.ts';
import { ConnectionPool } from '../../../engine/connectors/mysql/connection-pool.ts';
import { bulkTarget } from '../../../engine/connectors/mysql/snapshot/bulk-target.ts';
import { snapshotSource } from '../../../engine/connectors/mysql/snapshot/snapshot-source.ts';
import { readStructure } from '../../../engine/connectors/mysql/structure/read-structure.ts';
import { systemClock } from '../../../engine/core/clock.ts';
import type { EndpointConfig } from '../../../engine/core/endpoint.ts';
import type { Chunk, RowBlock, SnapshotSource } from '../../../engine/core/source.ts';
import type { Table } from '../../../engine/core/table.ts';
import type { BulkTarget } from '../../../engine/core/target.ts';
import type { MysqlServer } from '../../servers/mysql.ts';

export const endpointOf = (server: MysqlServer): EndpointConfig => ({
  engine: 'MYSQL',
  host: server.host,
  port: server.port,
  username: server.username,
  password: server.password,
  tls: { mode: 'DISABLED' },
});

export async function listOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

export const never = new AbortController().signal;

/** The reading and the writing side of a full load between two servers, without the pipeline around them. */
export class Copy implements AsyncDisposable {
  readonly source: SnapshotSource;
  readonly bulk: BulkTarget;
  readonly readers: ConnectionPool;
  readonly writers: ConnectionPool;
  readonly #questions: ConnectionPool;

  constructor(source: MysqlServer, target: MysqlServer, overrides: Partial<ServerCapabilities> = {}) {
    const now = systemClock.now;
    this.readers = new ConnectionPool(endpointOf(source), { purpose: 'read', role: 'source' }, now);
    this.#questions = new ConnectionPool(endpointOf(source), { purpose: 'admin', role: 'source' }, now);
    this.writers = new ConnectionPool(endpointOf(target), { purpose: 'write', role: 'target' }, now);
    this.source = snapshotSource({
      pool: this.readers,
      capabilities: () => this.#questions.with(askCapabilities),
      clock: systemClock,
    });
    this.bulk = bulkTarget({
      pool: this.writers,
      capabilities: async () => ({ ...(await this.writers.with(askCapabilities)), ...overrides }),
    });
  }

  async table(database: string, name: string): Promise<Table> {
    const capabilities = await this.#questions.with(askCapabilities);
    const selection = { databases: [{ name: database }] };
    const structure = await readStructure({
      pool: this.#questions,
      capabilities,
      clock: systemClock,
      selection,
    });
    const table = structure.history.table({ database, name });
    if (!table) throw new Error(`no table ${database}.${name}`);
    return table;
  }

  async plan(table: Table, chunkBytes: number, estimate = { rows: 0, bytes: 0 }): Promise<Chunk[]> {
    return await listOf(this.source.planChunks({ table, chunkBytes, estimate }));
  }

  read(table: Table, chunk: Chunk): AsyncIterable<RowBlock> {
    return this.source.readChunk({ table, chunk, signal: never });
  }

  load(table: Table, blocks: AsyncIterable<RowBlock>): Promise<{ rows: number; bytes: number }> {
    return this.bulk.load({ table: { source: table, id: table.id }, blocks, signal: never });
  }

  /** The whole table by its chunks, one after the other. */
  async copy(table: Table, chunkBytes = 1 << 20): Promise<number> {
    let rows = 0;
    for (const chunk of await this.plan(table, chunkBytes)) {
      rows += (await this.load(table, this.read(table, chunk))).rows;
    }
    return rows;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.readers.close(), this.writers.close(), this.#questions.close()]);
  }
}

/** Every value of a table as text that shows each bit of it, in the order of the primary key. */
export async function exactRows(server: MysqlServer, table: Table): Promise<Record<string, unknown>[]> {
  const shown = table.columns.map((column) => {
    const name = `\`${column.name}\``;
    switch (column.type.name) {
      case 'float':
      case 'double':
        // As a number: CAST to CHAR cuts the longest doubles on some versions. The sign apart, for that of -0.
        return `${name}*1e0 AS ${name}, CAST(${name} AS CHAR) LIKE '-%' AS \`${column.name} is negative\``;
      case 'enum':
      case 'set':
        return `CONCAT(CAST(${name} AS UNSIGNED), '/', HEX(${name})) AS ${name}`;
      case 'tinyint':
      case 'smallint':
      case 'mediumint':
      case 'int':
      case 'bigint':
      case 'decimal':
      case 'date':
      case 'time':
      case 'datetime':
      case 'timestamp':
      case 'year':
        return `CAST(${name} AS CHAR) AS ${name}`;
      case 'json':
        return jsonWithTypes(name);
      default:
        return `HEX(${name}) AS ${name}`;
    }
  });
  const rows = await server.query<Record<string, unknown>>(
    `SELECT ${shown.join(', ')} FROM \`${table.id.database}\`.\`${table.id.name}\` ORDER BY 1`,
  );
  // The driver gives bytes where an expression has no character set.
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [name, value === null ? null : String(value)]),
    ),
  );
}

/** MariaDB has no such columns. */
function jsonWithTypes(name: string): string {
  const inside = ['$**.*', '$**[*]'].map(
    (path) =>
      `(SELECT GROUP_CONCAT(JSON_TYPE(v) ORDER BY o) FROM JSON_TABLE(${name}, '${path}' COLUMNS (o FOR ORDINALITY, v JSON PATH '$')) j)`,
  );
  return `CONCAT_WS(' | ', CAST(${name} AS CHAR), JSON_TYPE(${name}), ${inside.join(', ')}) AS ${name}`;
}
