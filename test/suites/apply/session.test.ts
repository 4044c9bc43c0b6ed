import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  forgetCheckpoint,
  prepareCheckpoints,
  readCheckpoint,
  writeCheckpoint,
} from '../../../engine/connectors/mysql/apply/checkpoints.ts';
import { openApplySession } from '../../../engine/connectors/mysql/apply/session.ts';
import { connect } from '../../../engine/connectors/mysql/connect.ts';
import type { MysqlConnection } from '../../../engine/connectors/mysql/connection.ts';
import { EnumIndex } from '../../../engine/core/row.ts';
import { until } from '../../product/wait.ts';
import { flavours, type MysqlServer, startMysql } from '../../servers/mysql.ts';
import { batches, bytes, checkpoint, column, endpointOf, id, inserts, key, table } from './tables.ts';

const users = table(
  'users',
  [id(), column('mail', { name: 'varchar', charset: 'utf8mb4' }), column('n', 'int')],
  [key('PRIMARY', [0]), key('mail', [1])],
);
const visits = table('visits', [column('a', 'int'), column('b', { name: 'varchar', charset: 'utf8mb4' })]);

describe.each(flavours)('an apply session at %s', (flavour) => {
  let server: MysqlServer;
  let admin: MysqlConnection;
  const open = () => openApplySession({ endpoint: endpointOf(server), taskId: 'task-1' });
  const stored = () => readCheckpoint(admin, 'task-1');

  beforeAll(async () => {
    server = await startMysql(flavour, { args: ['--max-allowed-packet=1M'] });
    admin = await connect(endpointOf(server), { purpose: 'admin', role: 'target' });
    await prepareCheckpoints(admin);
    await prepareCheckpoints(admin);
    await server.query('CREATE DATABASE apply');
  });
  afterAll(async () => {
    await admin?.close();
    await server?.stop();
  });
  beforeEach(async () => {
    await forgetCheckpoint(admin, 'task-1');
    await writeCheckpoint(admin, 'task-1', checkpoint(0n));
    await server.query(
      `DROP TABLE IF EXISTS apply.grandchild, apply.child, apply.users, apply.visits, apply.blobs, apply.kinds`,
    );
    await server.query(
      `CREATE TABLE apply.users (id INT PRIMARY KEY, mail VARCHAR(50) CHARACTER SET utf8mb4, n INT, UNIQUE KEY mail (mail)) ENGINE=InnoDB`,
    );
    await server.query(
      `CREATE TABLE apply.visits (a INT, b VARCHAR(20) CHARACTER SET utf8mb4) ENGINE=InnoDB`,
    );
  });

  test('rows and checkpoint become visible together', async () => {
    const session = await open();
    await session.write(inserts(users, [[1, bytes('a'), 1]]));
    await session.write(
      batches(users, { updates: [{ identity: [1, undefined, undefined], set: [undefined, undefined, 7] }] }),
    );
    expect(await server.query('SELECT * FROM apply.users')).toEqual([]);
    await session.commit(checkpoint(5n));
    expect(await server.query('SELECT * FROM apply.users')).toEqual([{ id: 1, mail: 'a', n: 7 }]);
    expect(await stored()).toEqual(checkpoint(5n));
    await session.close();
  });

  test('an update leaves columns that the server would set to the current time', async () => {
    await server.query('DROP TABLE IF EXISTS apply.stamped');
    await server.query(
      'CREATE TABLE apply.stamped (id INT PRIMARY KEY, n INT, ts TIMESTAMP NULL ON UPDATE CURRENT_TIMESTAMP, dt DATETIME ON UPDATE CURRENT_TIMESTAMP)',
    );
    const long = '2020-01-01 00:00:00';
    await server.query(
      `INSERT INTO apply.stamped VALUES (1, 1, '${long}', '${long}'), (2, 2, '${long}', NULL)`,
    );
    const stamped = table(
      'stamped',
      [id(), column('n', 'int'), column('ts', 'timestamp'), column('dt', 'datetime')],
      [key('PRIMARY', [0])],
    );
    const session = await open();
    const updates = [1, 2].map((at) => ({
      identity: [at, undefined, undefined, undefined],
      set: [undefined, 7, undefined, undefined],
    }));
    await session.write(batches(stamped, { updates }));
    await session.commit(checkpoint(5n));
    expect(
      await server.query(
        "SELECT id, n, ts = '2020-01-01' AS ts_kept, dt <=> IF(id = 1, '2020-01-01', NULL) AS dt_kept FROM apply.stamped ORDER BY id",
      ),
    ).toEqual([1, 2].map((at) => ({ id: at, n: 7, ts_kept: 1, dt_kept: 1 })));
    await session.close();
  });

  /** Until so many transactions wait for locks of others. The server may show what was a moment ago. */
  const waiting = (count: 0 | 1) =>
    until(
      async () =>
        (await server.query("SELECT 1 FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'"))
          .length === count,
      { seconds: 30, what: `${count} transactions wait for a lock` },
    );

  test('while the rows wait, the checkpoint is as it was; while the checkpoint waits, the rows are not seen', async () => {
    await writeCheckpoint(admin, 'task-1', checkpoint(3n));
    await server.query(`INSERT INTO apply.users VALUES (2, 'held', 0)`);
    const session = await open();
    const other = await server.connect();
    try {
      await other.query('START TRANSACTION');
      await other.query('SELECT * FROM apply.users WHERE id = 2 FOR UPDATE');
      await session.write(batches(users, { replaces: [[2, bytes('held'), 4]] }));
      const first = session.commit(checkpoint(4n));
      await waiting(1);
      expect(await server.query('SELECT log_offset FROM opendts.checkpoints')).toEqual([{ log_offset: 3 }]);
      await other.query('ROLLBACK');
      await first;
      expect(await stored()).toEqual(checkpoint(4n));
      await waiting(0);

      await other.query('START TRANSACTION');
      await other.query('SELECT * FROM opendts.checkpoints FOR UPDATE');
      await session.write(batches(users, { replaces: [[2, bytes('held'), 5]] }));
      const second = session.commit(checkpoint(5n));
      await waiting(1);
      expect(await server.query('SELECT n FROM apply.users')).toEqual([{ n: 4 }]);
      await other.query('ROLLBACK');
      await second;
      expect(await server.query('SELECT n FROM apply.users')).toEqual([{ n: 5 }]);
      expect(await stored()).toEqual(checkpoint(5n));
    } finally {
      await other.end();
      await session.close();
    }
  });

  test('a conflict leaves nothing of its group, and the checkpoint as it was', async () => {
    await writeCheckpoint(admin, 'task-1', checkpoint(3n));
    await server.query(`INSERT INTO apply.users VALUES (2, 'taken', 0)`);
    const session = await open();
    await session.write(inserts(visits, [[1, bytes('x')]]));
    const conflict = async () => {
      await session.write(
        inserts(users, [
          [1, bytes('a'), 1],
          [2, bytes('b'), 1],
        ]),
      );
      await session.commit(checkpoint(4n));
    };
    await expect(conflict()).rejects.toMatchObject({
      code: 'TARGET_ROW_CONFLICT',
      details: { object: 'apply.users' },
    });
    expect(await stored()).toEqual(checkpoint(3n));
    expect(await server.query('SELECT * FROM apply.visits')).toEqual([]);
    await expect(session.write(inserts(visits, [[1, null]]))).rejects.toMatchObject({
      code: 'TARGET_ROW_CONFLICT',
    });
  });

  test('in idempotent mode rows that are there already are written over, and missing ones pass', async () => {
    await server.query(`INSERT INTO apply.users VALUES (1, 'old', 0)`);
    const session = await open();
    await session.write(
      batches(
        users,
        {
          deletes: [[9, undefined, undefined]],
          updates: [{ identity: [8, undefined, undefined], set: [undefined, undefined, 1] }],
          inserts: [[1, bytes('new'), 1]],
        },
        'idempotent',
      ),
    );
    await session.commit(checkpoint(1n));
    await session.close();
    expect(await server.query('SELECT * FROM apply.users')).toEqual([{ id: 1, mail: 'new', n: 1 }]);
  });

  test('rows swap the values of a unique key', async () => {
    await server.query(`INSERT INTO apply.users VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', 3)`);
    const session = await open();
    await session.write(
      batches(users, {
        replaces: [
          [1, bytes('b'), 1],
          [2, bytes('c'), 2],
          [3, bytes('a'), 3],
        ],
      }),
    );
    await session.commit(checkpoint(1n));
    await session.close();
    expect(await server.query('SELECT mail FROM apply.users ORDER BY id')).toEqual([
      { mail: 'b' },
      { mail: 'c' },
      { mail: 'a' },
    ]);
  });

  test('of equal rows of a table without key, so many go as the source removed', async () => {
    await server.query(`INSERT INTO apply.visits VALUES (1, 'a'), (1, 'a'), (1, 'a'), (1, 'A'), (1, NULL)`);
    const session = await open();
    await session.write(
      batches(visits, {
        deletes: [
          [1, bytes('a')],
          [1, null],
        ],
        deleteCounts: [2, 1],
        inserts: [
          [1, bytes('a')],
          [1, bytes('z')],
        ],
      }),
    );
    await session.commit(checkpoint(1n));
    await session.close();
    const left = await server.query('SELECT b FROM apply.visits ORDER BY BINARY b');
    expect(left.map(({ b }) => b)).toEqual(['A', 'a', 'a', 'z']);
  });

  test('an ordered delete of a parent takes its children along; a new key goes down to them', async () => {
    await server.query(
      `CREATE TABLE apply.child (id INT PRIMARY KEY, user INT, FOREIGN KEY (user) REFERENCES apply.users (id) ON DELETE CASCADE ON UPDATE CASCADE) ENGINE=InnoDB`,
    );
    await server.query(
      `CREATE TABLE apply.grandchild (id INT PRIMARY KEY, child INT, FOREIGN KEY (child) REFERENCES apply.child (id) ON DELETE SET NULL) ENGINE=InnoDB`,
    );
    await server.query(`INSERT INTO apply.users VALUES (1, 'a', 1), (2, 'b', 2)`);
    await server.query(`INSERT INTO apply.child VALUES (10, 1), (20, 2)`);
    await server.query(`INSERT INTO apply.grandchild VALUES (100, 10), (200, 20)`);
    const session = await open();
    await session.write({
      kind: 'ordered',
      table: { source: users, id: users.id },
      changes: [
        { kind: 'delete', before: [1, bytes('a'), 1] },
        { kind: 'update', before: [2, bytes('b'), 2], after: [22, bytes('b'), 2] },
      ],
      foreignKeyChecks: true,
      mode: 'strict',
    });
    await session.write(batches(users, { deletes: [[22, undefined, undefined]] }));
    await session.commit(checkpoint(1n));
    await session.close();
    // Without checks the last delete left the child alone.
    expect(await server.query('SELECT * FROM apply.child')).toEqual([{ id: 20, user: 22 }]);
    expect(await server.query('SELECT * FROM apply.grandchild ORDER BY id')).toEqual([
      { id: 100, child: null },
      { id: 200, child: 20 },
    ]);
  });

  test('a value that the target cannot hold stops the group, in whichever statement of a packet it is', async () => {
    const session = await open();
    const narrow = async () => {
      await session.write(inserts(users, [[1, bytes('a'), 2 ** 40]]));
      await session.write(inserts(visits, [[1, bytes('x')]]));
      await session.commit(checkpoint(1n));
    };
    await expect(narrow()).rejects.toMatchObject({
      code: 'VALUE_NOT_EXACT',
      details: { object: 'apply.users' },
    });
    expect(await server.query('SELECT * FROM apply.users')).toEqual([]);
    expect(await stored()).toEqual(checkpoint(0n));
  });

  test('the error value of an enum is a value', async () => {
    await server.query(`CREATE TABLE apply.kinds (id INT PRIMARY KEY, kind ENUM('a','b')) ENGINE=InnoDB`);
    const kinds = table(
      'kinds',
      [id(), column('kind', { name: 'enum', members: ['a', 'b'] })],
      [key('PRIMARY', [0])],
    );
    const session = await open();
    await session.write(
      inserts(kinds, [
        [1, new EnumIndex(0n)],
        [2, new EnumIndex(2n)],
        [3, new EnumIndex(0n)],
      ]),
    );
    await session.write(inserts(visits, [[1, null]]));
    await session.commit(checkpoint(1n));
    await session.close();
    expect(await server.query('SELECT id, kind+0 AS k FROM apply.kinds ORDER BY id')).toEqual([
      { id: 1, k: 0 },
      { id: 2, k: 2 },
      { id: 3, k: 0 },
    ]);
  });

  test('a row larger than max_allowed_packet is refused by name and size; one just below it passes', async () => {
    await server.query(`CREATE TABLE apply.blobs (id INT PRIMARY KEY, b LONGBLOB) ENGINE=InnoDB`);
    const blobs = table('blobs', [id(), column('b', 'longblob')], [key('PRIMARY', [0])]);
    const session = await open();
    await session.write(
      inserts(blobs, [
        [1, Buffer.alloc(1024 * 1024 - 200, 1)],
        [2, Buffer.alloc(500_000, 0x27)],
        [3, Buffer.from('x')],
      ]),
    );
    await session.commit(checkpoint(1n));
    const lengths = await server.query('SELECT LENGTH(b) AS n FROM apply.blobs ORDER BY id');
    expect(lengths.map(({ n }) => n)).toEqual([1024 * 1024 - 200, 500_000, 1]);
    await expect(session.write(inserts(blobs, [[4, Buffer.alloc(1024 * 1024)]]))).rejects.toMatchObject({
      code: 'TARGET_ROW_TOO_LARGE',
      details: { object: 'apply.blobs', maxAllowedPacket: 1024 * 1024 },
    });
  });

  test('a conflict in one of many packets leaves nothing of the group, wherever the next ones are by then', async () => {
    const conflicting = 25_000;
    await server.query(`INSERT INTO apply.users VALUES (${conflicting}, 'taken', 0)`);
    const rows = Array.from({ length: 100_000 }, (_, i) => [i, bytes(`user-${i}@example.org`), i] as const);
    const session = await open();
    const group = async () => {
      await session.write(inserts(users, rows));
      await session.commit(checkpoint(4n));
    };
    await expect(group()).rejects.toMatchObject({
      code: 'TARGET_ROW_CONFLICT',
      details: { object: 'apply.users' },
    });
    expect(await server.query('SELECT id FROM apply.users')).toEqual([{ id: conflicting }]);
    expect(await stored()).toEqual(checkpoint(0n));
  });

  test('many rows and many keys go in and out', async () => {
    const session = await open();
    const rows = Array.from({ length: 30_000 }, (_, i) => [i, bytes(`user-${i}@example.org`), i] as const);
    await session.write(inserts(users, rows));
    await session.write(batches(users, { deletes: rows.slice(1).map(([i]) => [i, undefined, undefined]) }));
    await session.commit(checkpoint(1n));
    await session.close();
    expect(await server.query('SELECT id FROM apply.users')).toEqual([{ id: 0 }]);
  });

  test('a checkpoint is read only once the transaction that writes it has ended', async () => {
    await writeCheckpoint(admin, 'task-1', checkpoint(1n));
    const other = await server.connect();
    await other.query('BEGIN');
    await other.query('UPDATE opendts.checkpoints SET log_offset = 2');
    const reading = stored();
    await other.query('COMMIT');
    expect((await reading)?.logOffset).toBe(2n);
    await other.end();
  });

  test('a checkpoint never goes back: what another process has applied is not applied over', async () => {
    const session = await open();
    await session.write(inserts(users, [[1, bytes('a'), 1]]));
    await writeCheckpoint(admin, 'task-1', checkpoint(7n));
    await expect(session.commit(checkpoint(6n))).rejects.toMatchObject({ code: 'CHECKPOINT_MOVED' });
    await expect(writeCheckpoint(admin, 'task-1', checkpoint(6n))).rejects.toMatchObject({
      code: 'CHECKPOINT_MOVED',
    });
    expect(await server.query('SELECT * FROM apply.users')).toEqual([]);
    expect(await stored()).toEqual(checkpoint(7n));
    await writeCheckpoint(admin, 'task-1', checkpoint(7n));
  });

  test('an intent is kept with the checkpoint and cleared by the next', async () => {
    const intent = { logOffset: 9n, step: 1, before: `it's "so"` };
    await writeCheckpoint(admin, 'task-1', { ...checkpoint(8n), intent });
    expect(await stored()).toEqual({ ...checkpoint(8n), intent });
    await writeCheckpoint(admin, 'task-1', checkpoint(9n));
    expect(await stored()).toEqual(checkpoint(9n));
  });
});
