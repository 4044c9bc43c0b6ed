import { expect, test } from 'vitest';
import { parsePosition } from '../../../engine/connectors/mysql/position.ts';
import { JsonDocument, type RowChange, type Value } from '../../../engine/core/row.ts';
import { type Flavour, type MysqlServer, startMysql } from '../../servers/mysql.ts';
import { countedRows, decodeAll, endOfLog, historyOf, liveTable, startCapture } from './live-capture.ts';

async function changesOf(options: {
  flavour: Flavour;
  args?: readonly string[];
  create: string;
  statements: readonly string[];
}): Promise<RowChange[]> {
  const server: MysqlServer = await startMysql(options.flavour, { args: options.args ?? [] });
  try {
    await server.query('CREATE DATABASE d');
    await server.query(`CREATE TABLE d.t (${options.create})`);
    const table = await liveTable(server, 'd', 't');
    const from = await endOfLog(server);
    await using capture = startCapture({ server, from, selection: { databases: [{ name: 'd' }] } });
    for (const statement of options.statements) await server.query(statement);
    const end = await endOfLog(server);
    await capture.reached((position) => parsePosition(position).gtid === end.gtid);
    const changes = decodeAll(capture.transactions, historyOf([table])).flatMap((event) =>
      event.kind === 'rows' ? event.changes : [],
    );
    expect(countedRows(capture.transactions)).toBe(changes.length);
    return changes;
  } finally {
    await server.stop();
  }
}

const plain = (changes: readonly RowChange[]) =>
  changes.map(({ kind, before, after }) => ({
    kind,
    before: before?.map(comparable),
    after: after?.map(comparable),
  }));
const comparable = (value: Value) => (value instanceof Uint8Array ? Buffer.from(value) : value);

test('given minimal row images, when rows change, then absent columns are undefined and never NULL', async () => {
  const changes = await changesOf({
    flavour: 'mysql-9.7',
    args: ['--binlog-row-image=MINIMAL'],
    create: 'id int PRIMARY KEY, a int, b int DEFAULT 5',
    statements: [
      'INSERT INTO d.t (id, a) VALUES (1, NULL)',
      'UPDATE d.t SET a = 7 WHERE id = 1',
      'UPDATE d.t SET a = NULL WHERE id = 1',
      'DELETE FROM d.t WHERE id = 1',
    ],
  });
  expect(plain(changes)).toEqual([
    { kind: 'insert', before: undefined, after: [1, null, undefined] },
    { kind: 'update', before: [1, undefined, undefined], after: [undefined, 7, undefined] },
    { kind: 'update', before: [1, undefined, undefined], after: [undefined, null, undefined] },
    { kind: 'delete', before: [1, undefined, undefined], after: undefined },
  ]);
});

test('given images without blobs, when rows change, then a blob is there only where it was written', async () => {
  const changes = await changesOf({
    flavour: 'mysql-9.7',
    args: ['--binlog-row-image=NOBLOB'],
    create: 'id int PRIMARY KEY, a int, b text, c blob',
    statements: [
      "INSERT INTO d.t VALUES (1, 1, 'long', NULL)",
      'UPDATE d.t SET a = 2 WHERE id = 1',
      "UPDATE d.t SET b = 'longer' WHERE id = 1",
      'UPDATE d.t SET b = NULL WHERE id = 1',
      'DELETE FROM d.t WHERE id = 1',
    ],
  });
  expect(plain(changes)).toEqual([
    { kind: 'insert', before: undefined, after: [1, 1, Buffer.from('long'), null] },
    { kind: 'update', before: [1, 1, undefined, undefined], after: [1, 2, undefined, undefined] },
    { kind: 'update', before: [1, 2, undefined, undefined], after: [1, 2, Buffer.from('longer'), undefined] },
    { kind: 'update', before: [1, 2, undefined, undefined], after: [1, 2, null, undefined] },
    { kind: 'delete', before: [1, 2, undefined, undefined], after: undefined },
  ]);
});

test.each([
  { args: ['--binlog-row-value-options=PARTIAL_JSON'], image: 'full' },
  { args: ['--binlog-row-value-options=PARTIAL_JSON', '--binlog-row-image=MINIMAL'], image: 'minimal' },
])(
  'given partial JSON and $image images, when parts of documents change, then the change tells the parts',
  async ({ args }) => {
    const changes = await changesOf({
      flavour: 'mysql-9.7',
      args,
      create: 'id int PRIMARY KEY, a json, x int, b json',
      statements: [
        `INSERT INTO d.t VALUES (1, '{"k": 1, "list": [1, 2, 3], "s": "${'p'.repeat(200)}"}', 5, '{"z": "${'q'.repeat(200)}"}')`,
        `UPDATE d.t SET b = JSON_SET(b, '$.z', 'new') WHERE id = 1`,
        `UPDATE d.t SET a = JSON_REMOVE(JSON_SET(a, '$.list[1]', 9.5e0), '$.k'), x = 6 WHERE id = 1`,
      ],
    });
    const [, second, third] = changes;
    expect(second?.after?.[3]).toMatchObject({
      operations: [{ kind: 'replace', path: '$.z', value: '"new"' }],
    });
    expect(third?.after?.[1]).toMatchObject({
      operations: [
        { kind: 'replace', path: '$.list[1]', value: '9.5' },
        { kind: 'remove', path: '$.k' },
      ],
    });
    expect(third?.after?.[2]).toBe(6);
  },
);

test('given partial JSON, when documents hold scalars of SQL types, then the changes tell the types and where they are', async () => {
  const columns =
    'm decimal(10,3), d date, u int unsigned, big bigint, s timestamp, w bit(10), f binary(2), l longblob';
  const changes = await changesOf({
    flavour: 'mysql-9.7',
    args: ['--binlog-row-value-options=PARTIAL_JSON', '--default-time-zone=+00:00'],
    create: `id int PRIMARY KEY, doc json, ${columns}`,
    statements: [
      `INSERT INTO d.t VALUES (1, NULL, 7.5, '2024-02-29', 7, 5000000000, '2024-02-29 01:02:03', 513, 'a', REPEAT('b', 60))`,
      `UPDATE d.t SET doc = JSON_OBJECT('a "b"', JSON_ARRAY(m, 7.5e0, JSON_OBJECT('', d)), 'n', JSON_ARRAY(u, 7, big, -5000000000))`,
      `UPDATE d.t SET doc = JSON_ARRAY(s, REPEAT('x', 300), w, f, l, CAST('-01:00:00' AS TIME))`,
      `UPDATE d.t SET doc = JSON_SET(doc, '$[1]', JSON_ARRAY(1.10))`,
      `UPDATE d.t SET doc = CAST(m AS JSON)`,
    ],
  });
  const shown = (value: unknown) =>
    value instanceof JsonDocument
      ? value.scalars.map(({ type, path, start, end }) => `${path} ${type} ${value.text.slice(start, end)}`)
      : value;
  const documents = changes.slice(1).map(({ after }) => after?.[1]);
  expect(shown(documents[0])).toEqual([
    '$."n"[0] UNSIGNED 7',
    '$."n"[2] SIGNED 5000000000',
    '$."a \\"b\\""[0] DECIMAL 7.500',
    '$."a \\"b\\""[2]."" DATE "2024-02-29"',
  ]);
  expect(shown(documents[1])).toEqual([
    '$[0] TIMESTAMP "2024-02-29 01:02:03.000000"',
    '$[2] OPAQUE "base64:type16:AgE="',
    '$[3] OPAQUE "base64:type254:YQA="',
    `$[4] OPAQUE "base64:type251:${'YmJi'.repeat(19)}\\nYmJi"`,
    '$[5] TIME "-01:00:00.000000"',
  ]);
  expect(documents[2]).toMatchObject({
    operations: [
      { kind: 'replace', path: '$[1]', value: { text: '[1.10]', scalars: [{ type: 'DECIMAL' }] } },
    ],
  });
  expect(shown(documents[3])).toEqual(['$ DECIMAL 7.500']);
});

test.each(['mysql-9.7', 'mariadb-10.11'] as const)(
  'given %s, when a table has generated, invisible and functionally indexed columns, then the other columns keep their places',
  async (flavour) => {
    const functional = flavour === 'mysql-9.7' ? ', KEY f ((a + 1))' : '';
    const changes = await changesOf({
      flavour,
      create: `id int PRIMARY KEY, a int, v int AS (a * 2) VIRTUAL, s int AS (a * 3) STORED, h int INVISIBLE, z varchar(9)${functional}`,
      statements: [
        "INSERT INTO d.t (id, a, h, z) VALUES (1, 10, 4, 'end')",
        "UPDATE d.t SET a = 20, z = 'fin'",
      ],
    });
    const rows = changes.map(({ after }) =>
      [0, 1, 3, 4, 5].map((i) => {
        const value = after?.[i];
        return value instanceof Uint8Array ? Buffer.from(value).toString() : value;
      }),
    );
    expect(rows).toEqual([
      [1, 10, 30, 4, 'end'],
      [1, 20, 60, 4, 'fin'],
    ]);
  },
);
