import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parsePosition } from '../../../engine/connectors/mysql/position.ts';
import type { RowsEvent } from '../../../engine/core/change.ts';
import { EnumIndex, JsonDocument, type Value } from '../../../engine/core/row.ts';
import type { Column, Table } from '../../../engine/core/table.ts';
import { type Flavour, flavours, type MysqlServer, startMysql } from '../../servers/mysql.ts';
import { countedRows, decodeAll, endOfLog, historyOf, liveTable, startCapture } from './live-capture.ts';
import { type TypeSample, typeSamples } from './type-samples.ts';

const variants: readonly { name: string; flavour: Flavour; args: readonly string[] }[] = [
  ...flavours.map((flavour) => ({ name: flavour, flavour, args: [] })),
  {
    name: 'mysql-9.7, compressed transactions, no metadata',
    flavour: 'mysql-9.7' as const,
    args: ['--binlog-transaction-compression=ON', '--binlog-row-metadata=MINIMAL'],
  },
  {
    name: 'mariadb-10.11, its own time types, compressed log, no metadata',
    flavour: 'mariadb-10.11' as const,
    args: [
      '--mysql56-temporal-format=OFF',
      '--log-bin-compress=ON',
      '--log-bin-compress-min-len=10',
      '--binlog-row-metadata=NO_LOG',
    ],
  },
];

describe.each(variants)('given $name', ({ flavour, args }) => {
  let server: MysqlServer;
  beforeAll(async () => {
    server = await startMysql(flavour, { args });
  });
  afterAll(() => server?.stop());

  test('when rows of every type are written, changed and deleted, then the log tells exactly what SELECT tells', async () => {
    const samples = typeSamples.filter(({ only }) => !only || only.includes(flavour));
    await server.query("SET NAMES utf8mb4, time_zone='+00:00', sql_mode='ALLOW_INVALID_DATES'");
    await server.query('CREATE DATABASE types DEFAULT CHARACTER SET utf8');
    const from = await endOfLog(server);
    await using capture = startCapture({ server, from, selection: { databases: [{ name: 'types' }] } });
    const tables: Table[] = [];
    for (const [i, sample] of samples.entries()) tables.push(await fill(server, `t${i}`, sample));
    const wanted: unknown[][][] = [];
    for (const table of tables) wanted.push(await selected(server, table));
    for (const table of tables) await server.query(`UPDATE types.${table.id.name} SET id = id + 1000`);
    for (const table of tables) await server.query(`DELETE FROM types.${table.id.name}`);
    const end = await endOfLog(server);
    await capture.reached((position) => parsePosition(position).gtid === end.gtid);

    const events = decodeAll(capture.transactions, historyOf(tables)).filter(
      (event) => event.kind === 'rows',
    );
    const decoded = events.reduce((sum, { changes }) => sum + changes.length, 0);
    // Times with a fraction in MariaDB's old form: their length is in the structure alone.
    if (!args.includes('--mysql56-temporal-format=OFF'))
      expect(countedRows(capture.transactions)).toBe(decoded);
    tables.forEach((table, i) => {
      const changes = events
        .filter(({ table: of }) => of === table)
        .flatMap((event: RowsEvent) => event.changes);
      const plain = (rows: readonly (readonly Value[])[]) =>
        rows.map((row) => row.map((value, c) => plainOf(value, table.columns[c]!)));
      const inserted = changes.filter(({ kind }) => kind === 'insert').map(({ after }) => after!);
      const updated = changes.filter(({ kind }) => kind === 'update');
      const deleted = changes.filter(({ kind }) => kind === 'delete').map(({ before }) => before!);
      const moved = wanted[i]!.map(([id, ...rest]) => [String(Number(id) + 1000), ...rest]);
      const label = samples[i]!.type;
      expect(plain(inserted), label).toEqual(wanted[i]);
      expect(plain(updated.map(({ before }) => before!)), label).toEqual(wanted[i]);
      expect(plain(updated.map(({ after }) => after!)), label).toEqual(moved);
      expect(plain(deleted), label).toEqual(moved);
    });
  });
});

async function fill(server: MysqlServer, name: string, { type, values }: TypeSample): Promise<Table> {
  await server.query(`CREATE TABLE types.${name} (id int PRIMARY KEY, v ${type}, n ${type})`);
  // Without metadata the log does not say what is unsigned: the structure does.
  for (const [i, value] of values.entries()) {
    await server.query(`INSERT INTO types.${name} VALUES (${i + 1}, ${value}, NULL)`);
  }
  return await liveTable(server, 'types', name);
}

/** The rows by SELECT, in the plain forms of `plainOf`. */
async function selected(server: MysqlServer, table: Table): Promise<unknown[][]> {
  const expression = ({ name, type }: Column): string => {
    const quoted = `\`${name}\``;
    switch (formOf(type.name)) {
      case 'number':
        return `CAST(${quoted} AS CHAR)`;
      case 'float':
        return `CAST(${quoted} + 0e0 AS CHAR)`;
      case 'index':
        return `CAST(CAST(${quoted} AS UNSIGNED) AS CHAR)`;
      case 'bytes':
        return `HEX(${quoted})`;
      default:
        return `CAST(${quoted} AS CHAR)`;
    }
  };
  const rows = await server.query<Record<string, string | null>>(
    `SELECT ${table.columns.map((column, i) => `${expression(column)} AS c${i}`).join(', ')} FROM types.${table.id.name} ORDER BY id`,
  );
  return rows.map((row) =>
    table.columns.map((column, i) => {
      const text = row[`c${i}`];
      if (text === null || text === undefined) return null;
      return formOf(column.type.name) === 'float' ? Number(text) : String(text);
    }),
  );
}

function formOf(type: string): 'number' | 'float' | 'index' | 'bytes' | 'text' {
  if (/char|binary|text|blob|point|geometry|vector/.test(type)) return 'bytes';
  if (/int$/.test(type)) return 'number';
  if (type === 'float' || type === 'double') return 'float';
  if (type === 'enum' || type === 'set' || type === 'bit') return 'index';
  return 'text';
}

function plainOf(value: Value, { type }: Column): unknown {
  if (value instanceof JsonDocument) return value.text;
  if (value instanceof EnumIndex) return String(value.index);
  if (value instanceof Uint8Array) {
    const hex = Buffer.from(value).toString('hex').toUpperCase();
    return type.name === 'bit' ? String(BigInt(`0x${hex}`)) : hex;
  }
  if (formOf(type.name) === 'float') return value;
  return value === null || value === undefined ? value : String(value);
}
