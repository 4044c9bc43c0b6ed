import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openApplySession } from '../../../engine/connectors/mysql/apply/session.ts';
import {
  EnumIndex,
  JsonDocument,
  JsonPatch,
  type JsonScalarType,
  type Value,
} from '../../../engine/core/row.ts';
import type { ColumnType } from '../../../engine/core/table.ts';
import { type Flavour, flavours, type MysqlServer, startMysql } from '../../servers/mysql.ts';
import { batches, bytes, checkpoint, column, endpointOf, id, inserts, key, table } from './tables.ts';

interface Case {
  readonly sql: string;
  readonly type: ColumnType;
  /** The value, and the SQL that makes the same one. */
  readonly values: readonly (readonly [Value, string])[];
  /** How the stored value is read without loss; default HEX(c). */
  readonly read?: string;
  readonly only?: readonly Flavour[];
}

const modern: readonly Flavour[] = ['mysql-9.7'];
const text = (name: string, charset: string): ColumnType => ({ name, charset });
const exactDouble = "CONCAT(c, '')";
const every = Uint8Array.from({ length: 256 }, (_, i) => i);
const everySql = `x'${Buffer.from(every).toString('hex')}'`;

/** `text` with scalars between marks: `[‹DECIMAL 1.50›]`; their paths in order. */
function typed(text: string, ...paths: string[]): JsonDocument {
  let plain = '';
  const scalars = [...text.matchAll(/([^‹]*)(?:‹(\w+) ([^›]*)›)?/gs)].flatMap(([, before, type, value]) => {
    plain += before;
    if (type === undefined || value === undefined) return [];
    const start = plain.length;
    plain += value;
    return [{ type: type as JsonScalarType, start, end: plain.length }];
  });
  return new JsonDocument(
    plain,
    scalars.map((scalar, i) => ({ ...scalar, path: paths[i]! })),
  );
}

const cases: readonly Case[] = [
  {
    sql: 'TINYINT',
    type: { name: 'tinyint' },
    values: [
      [-128, '-128'],
      [127, '127'],
      [0, '0'],
    ],
  },
  {
    sql: 'BIGINT',
    type: { name: 'bigint' },
    values: [
      [-9223372036854775808n, '-9223372036854775808'],
      [9007199254740991, '9007199254740991'],
      [-1000000000, '-1000000000'],
      [999999999, '999999999'],
    ],
  },
  {
    sql: 'BIGINT UNSIGNED',
    type: { name: 'bigint', unsigned: true },
    values: [
      [18446744073709551615n, '18446744073709551615'],
      [0, '0'],
    ],
  },
  {
    sql: 'DECIMAL(65,30)',
    type: { name: 'decimal', precision: 65, scale: 30 },
    read: exactDouble,
    values: [
      [
        '-12345678901234567890123456789012345.123456789012345678901234567890',
        '-12345678901234567890123456789012345.123456789012345678901234567890',
      ],
      ['0.000000000000000000000000000001', '0.000000000000000000000000000001'],
    ],
  },
  {
    sql: 'DOUBLE',
    type: { name: 'double' },
    read: exactDouble,
    values: [
      [0.1, '0.1e0'],
      [5e-324, '5e-324'],
      [1.7976931348623157e308, '1.7976931348623157e308'],
      [2.2250738585072014e-308, '2.2250738585072014e-308'],
      [123456789.12345679, '123456789.12345679e0'],
      [2 ** 53 + 2, '9007199254740994e0'],
      [-0, '-0e0'],
    ],
  },
  {
    sql: 'FLOAT',
    type: { name: 'float' },
    read: 'CAST(c AS DECIMAL(65,30))',
    values: [
      [Math.fround(0.1), '0.1'],
      [Math.fround(16777217), '16777216'],
      [Math.fround(1.1754943508222875e-38), '1.1754943508222875e-38'],
    ],
  },
  {
    sql: 'BIT(10)',
    type: { name: 'bit', length: 10 },
    values: [
      [Uint8Array.of(3, 255), "b'1111111111'"],
      [Uint8Array.of(0, 0), "b'0'"],
    ],
  },
  {
    sql: 'BIT(64)',
    type: { name: 'bit', length: 64 },
    values: [[new Uint8Array(8).fill(255), "x'ffffffffffffffff'"]],
  },
  {
    sql: 'YEAR',
    type: { name: 'year' },
    read: exactDouble,
    values: [
      ['0000', '0'],
      ['1901', "'1901'"],
      ['2155', "'2155'"],
    ],
  },
  {
    sql: 'DATE',
    type: { name: 'date' },
    read: exactDouble,
    values: [
      ['0000-00-00', "'0000-00-00'"],
      ['2024-00-15', "'2024-00-15'"],
      ['2024-02-31', "'2024-02-31'"],
      ['9999-12-31', "'9999-12-31'"],
    ],
  },
  {
    sql: 'TIME(6)',
    type: { name: 'time', scale: 6 },
    read: exactDouble,
    values: [
      ['-838:59:59.000000', "'-838:59:59'"],
      ['-00:00:00.000001', "'-00:00:00.000001'"],
    ],
  },
  {
    sql: 'DATETIME(6)',
    type: { name: 'datetime', scale: 6 },
    read: exactDouble,
    values: [
      ['0000-00-00 00:00:00.000000', "'0000-00-00'"],
      ['9999-12-31 23:59:59.999999', "'9999-12-31 23:59:59.999999'"],
    ],
  },
  {
    sql: 'TIMESTAMP(6) NULL',
    type: { name: 'timestamp', scale: 6 },
    read: 'CAST(UNIX_TIMESTAMP(c) AS CHAR)',
    values: [
      ['0000-00-00 00:00:00.000000', "'0000-00-00'"],
      ['1970-01-01 00:00:01.000000', "'1970-01-01 00:00:01'"],
      ['2026-10-25 01:30:00.123456', "'2026-10-25 01:30:00.123456'"],
    ],
  },
  {
    sql: 'VARCHAR(300) CHARACTER SET latin1',
    type: text('varchar', 'latin1'),
    values: [
      [every, everySql],
      [
        bytes("it''s \\ ' \0 \x1a"),
        "CONCAT('it', CHAR(39), CHAR(39), 's ', CHAR(92), ' ', CHAR(39), ' ', CHAR(0), ' ', CHAR(26))",
      ],
    ],
  },
  {
    sql: 'VARCHAR(20) CHARACTER SET utf8mb4',
    type: text('varchar', 'utf8mb4'),
    values: [
      [bytes('😀 é'), "x'f09f988020c3a9'"],
      [bytes(''), "''"],
    ],
  },
  {
    sql: 'VARCHAR(20) CHARACTER SET ucs2',
    type: text('varchar', 'ucs2'),
    values: [[Uint8Array.of(0, 0x27, 0, 0x5c, 0x27, 0x27), "x'0027005c2727'"]],
  },
  {
    sql: 'CHAR(5) CHARACTER SET sjis',
    type: text('char', 'sjis'),
    values: [[Uint8Array.of(0x83, 0x5c, 0x95, 0x5c), "x'835c955c'"]],
  },
  {
    sql: 'TEXT CHARACTER SET gbk',
    type: text('text', 'gbk'),
    values: [[Uint8Array.of(0xbf, 0x5c), "x'bf5c'"]],
  },
  {
    sql: 'BINARY(4)',
    type: { name: 'binary', length: 4, charset: 'binary' },
    values: [
      [Uint8Array.of(1), "x'01'"],
      [Uint8Array.of(0x27, 0, 0x27, 0x27), "x'27002727'"],
    ],
  },
  {
    sql: 'VARBINARY(300)',
    type: { name: 'varbinary', charset: 'binary' },
    values: [
      [every, everySql],
      [Uint8Array.of(), "''"],
    ],
  },
  {
    sql: "ENUM('a','b') CHARACTER SET utf8",
    type: { name: 'enum', members: ['a', 'b'] },
    read: 'CAST(c+0 AS CHAR)',
    values: [
      [new EnumIndex(2n), "'b'"],
      [new EnumIndex(0n), '0'],
    ],
  },
  {
    sql: "SET('a','b','c')",
    type: { name: 'set', members: ['a', 'b', 'c'] },
    read: 'CAST(c+0 AS CHAR)',
    values: [
      [new EnumIndex(5n), "'a,c'"],
      [new EnumIndex(0n), "''"],
    ],
  },
  {
    sql: 'GEOMETRY',
    type: { name: 'geometry' },
    values: [
      [
        Buffer.from('000000000101000000000000000000f03f0000000000000040', 'hex'),
        "ST_GeomFromText('POINT(1 2)')",
      ],
    ],
  },
  {
    sql: 'POINT SRID 4326',
    type: { name: 'point', srid: 4326 },
    only: modern,
    values: [
      [
        Buffer.from('e61000000101000000000000000000f03f0000000000000040', 'hex'),
        "ST_GeomFromText('POINT(2 1)', 4326)",
      ],
    ],
  },
  {
    sql: 'JSON',
    type: { name: 'json' },
    only: modern,
    read: 'HEX(CAST(c AS CHAR))',
    values: [
      [
        '{"a": [1, 2.5, null, "é\'\\\\ \\u0001"]}',
        `CAST(_utf8mb4'{"a": [1, 2.5, null, "é\\'\\\\\\\\ \\\\u0001"]}' AS JSON)`,
      ],
      ['"x"', '\'"x"\''],
      [
        new JsonPatch(
          [
            { kind: 'replace', path: '$.a', value: '"z"' },
            { kind: 'insert', path: '$.b', value: '[1]' },
            { kind: 'insert', path: '$.b[0]', value: '0' },
            { kind: 'remove', path: '$.c' },
          ],
          '{"a": 1, "c": 2}',
        ),
        `'{"a": "z", "b": [0, 1]}'`,
      ],
    ],
  },
  {
    sql: 'JSON',
    type: { name: 'json' },
    only: modern,
    read: "CONCAT_WS(' ', CAST(c AS CHAR), JSON_TYPE(c), JSON_TYPE(c->'$[0]'), JSON_TYPE(c->'$[1]'), JSON_TYPE(c->'$[2]'), JSON_TYPE(c->'$[3]'))",
    values: [
      [typed('‹DECIMAL -0.50›', '$'), 'CAST(CAST(-0.50 AS DECIMAL(2,2)) AS JSON)'],
      [
        typed(
          '[‹DATE "2024-02-31"›, ‹TIME "-838:59:59.000000"›, ‹DATETIME "0000-00-00 00:00:00.000000"›, "2024-02-31"]',
          ...['$[0]', '$[1]', '$[2]'],
        ),
        "JSON_ARRAY(CAST('2024-02-31' AS DATE), CAST('-838:59:59' AS TIME), CAST('0000-00-00' AS DATETIME), '2024-02-31')",
      ],
      [
        typed('[‹UNSIGNED 7›, ‹SIGNED 5000000000›, 7, 5000000000]', '$[0]', '$[1]'),
        "JSON_ARRAY(CAST(7 AS UNSIGNED), CAST(5000000000 AS SIGNED), 7, CAST('5000000000' AS JSON))",
      ],
      // Found by the types alone: equal to, and printed like, the rows around them.
      ['[7, 5000000000, 7, 5000000000]', "'[7, 5000000000, 7, 5000000000]'"],
      ['[1.5]', "'[1.5]'"],
      [typed('[‹DECIMAL 1.5›]', '$[0]'), 'JSON_ARRAY(CAST(1.5 AS DECIMAL(2,1)))'],
      [
        typed('{"a \\"b\\".c": [1, {"": ‹OPAQUE "base64:type15:XCcA"›}]}', '$."a \\"b\\".c"[1].""'),
        `JSON_OBJECT('a "b".c', JSON_ARRAY(1, JSON_OBJECT('', x'5c2700')))`,
      ],
      ...(
        [
          [249, 'TINYBLOB', "x'5c2700'"],
          [250, 'MEDIUMBLOB', "x'5c2700'"],
          [251, 'LONGBLOB', "x'5c2700'"],
          [252, 'BLOB', "x'5c2700'"],
          [254, 'BINARY(3)', "x'5c2700'"],
          [16, 'BIT(24)', '6039296'],
        ] as const
      ).map(
        ([code, column, value]) =>
          [
            typed(`[‹OPAQUE "base64:type${code}:XCcA"›]`, '$[0]'),
            `(SELECT JSON_ARRAY(v) FROM JSON_TABLE(JSON_ARRAY(${value}), '$[0]' COLUMNS (v ${column} PATH '$')) j)`,
          ] as const,
      ),
      [
        typed('[‹TIMESTAMP "2024-01-31 01:02:03.000004"›]', '$[0]'),
        `(SELECT JSON_ARRAY(v) FROM JSON_TABLE('["2024-01-31 01:02:03.000004"]', '$[0]' COLUMNS (v TIMESTAMP(6) PATH '$')) j)`,
      ],
      [
        new JsonPatch(
          [{ kind: 'replace', path: '$[0]', value: typed('[‹DECIMAL 2.50›]', '$[0]') }],
          typed('[1, ‹DATE "2024-01-31"›]', '$[1]'),
        ),
        "JSON_ARRAY(JSON_ARRAY(2.50), CAST('2024-01-31' AS DATE))",
      ],
    ],
  },
  {
    sql: 'VECTOR(2)',
    type: { name: 'vector' },
    only: modern,
    values: [[Buffer.from('0000803f00000040', 'hex'), "STRING_TO_VECTOR('[1,2]')"]],
  },
];

/** What the patches above make of their bases. */
const patched = ({ base }: JsonPatch): Value =>
  base instanceof JsonDocument
    ? typed('[[‹DECIMAL 2.50›], ‹DATE "2024-01-31"›]', '$[0][0]', '$[1]')
    : '{"a": "z", "b": [0, 1]}';

describe.each(flavours)('values at %s', (flavour) => {
  let server: MysqlServer;
  beforeAll(async () => {
    server = await startMysql(flavour);
    await server.query('CREATE DATABASE apply');
    await server.query('CREATE DATABASE opendts');
    await server.query(
      `CREATE TABLE opendts.checkpoints (task_id varchar(64) primary key, log_offset bigint, position longtext, committed_at_micros bigint, intent longblob)`,
    );
  });
  afterAll(() => server.stop());

  const applicable = cases.filter(({ only }) => only === undefined || only.includes(flavour));
  test.each(applicable)('$sql arrives as it was', async ({ sql, type, values, read = 'HEX(c)' }) => {
    for (const name of ['expected', 'keyed', 'keyless', 'found'])
      await server.query(`DROP TABLE IF EXISTS apply.${name}`);
    await server.query(`SET SESSION sql_mode='ALLOW_INVALID_DATES', time_zone='+00:00'`);
    await server.query(`SET NAMES utf8mb4`);
    await server.query(`CREATE TABLE apply.expected (id INT PRIMARY KEY, c ${sql})`);
    await server.query('CREATE TABLE apply.keyed LIKE apply.expected');
    await server.query(`CREATE TABLE apply.keyless (id INT, c ${sql})`);
    for (const [i, [, literal]] of values.entries())
      await server.query(`INSERT INTO apply.expected VALUES (${i}, ${literal})`);
    await server.query(`INSERT INTO apply.expected VALUES (99, NULL)`);

    const keyed = table('keyed', [id(), column('c', type)], [key('PRIMARY', [0])]);
    const keyless = table('keyless', [id(), column('c', type)]);
    const rows = [...values.map(([value], i) => [i, value] as const), [99, null] as const];
    await server.query("REPLACE INTO opendts.checkpoints (task_id, log_offset) VALUES ('t', 0)");
    const missed: unknown[] = [];
    const session = await openApplySession({
      endpoint: endpointOf(server),
      taskId: 't',
      onAnomaly: (anomaly) => missed.push(anomaly),
    });
    await session.write(inserts(keyed, rows));
    await session.write(inserts(keyless, rows));
    await session.commit(checkpoint(1n));
    const expected = await server.query(`SELECT id, ${read} AS v FROM apply.expected ORDER BY id`);
    expect(await server.query(`SELECT id, ${read} AS v FROM apply.keyed ORDER BY id`)).toEqual(expected);
    expect(await server.query(`SELECT id, ${read} AS v FROM apply.keyless ORDER BY id`)).toEqual(expected);

    // Each value finds its own row again.
    const whole = rows.map(([i, value]) => [i, value instanceof JsonPatch ? patched(value) : value]);
    await session.write(batches(keyless, { deletes: whole, deleteCounts: whole.map(() => 1) }));
    await session.commit(checkpoint(2n));
    await session.close();
    expect(missed).toEqual([]);
    expect(await server.query('SELECT id FROM apply.keyless')).toEqual([]);
  });
});
