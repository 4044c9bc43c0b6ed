import { describe, expect, it } from 'vitest';
import { makeDatabase, run, startEnds } from './ends.ts';

// What a server does not show of a definition is neither in its copy nor in what that computes.

const expressions = `CREATE TABLE faces (id INT PRIMARY KEY, s VARCHAR(9), g VARCHAR(20) AS (CONCAT(s, '😀?ä')) VIRTUAL,
  d VARCHAR(20) DEFAULT (CONCAT('😀\\\\', 'x')), CONSTRAINT sad CHECK (s <> '😡'))`;

describe.each(['mysql-9.7', 'mysql-5.6', 'mariadb-10.11'] as const)('definitions of %s', (flavour) => {
  it('keep their texts and bytes at the target', async () => {
    await using ends = await startEnds({ source: flavour });
    const databases = [{ name: 'texts' }];
    await makeDatabase(ends.source, 'texts', [
      'SET NAMES utf8mb4',
      "CREATE TABLE bytes (id INT PRIMARY KEY, b BINARY(4) NOT NULL DEFAULT 0xFF27005C, v VARBINARY(9) DEFAULT 'ä')",
      'INSERT INTO bytes (id) VALUES (1)',
      ...(flavour === 'mysql-5.6' ? [] : [expressions, "INSERT INTO faces (id, s) VALUES (1, 'a')"]),
    ]);
    await using task = await ends.task({ selection: { databases } });
    task.start();
    await task.caughtUp();
    if (flavour !== 'mysql-5.6')
      await run(ends.source, 'texts', ["INSERT INTO faces (id, s) VALUES (2, 'b')"]);
    await task.complete();
    for (const server of [ends.source, ends.target]) {
      await run(server, 'texts', ['INSERT INTO bytes (id) VALUES (9)']);
      if (flavour !== 'mysql-5.6') await run(server, 'texts', ["INSERT INTO faces (id, s) VALUES (9, 'c')"]);
    }
    const rows = async (sql: string) => {
      const [source, target] = await Promise.all([ends.source.query(sql), ends.target.query(sql)]);
      expect(target).toEqual(source);
    };
    await rows('SELECT id, HEX(b), HEX(v) FROM texts.bytes');
    if (flavour === 'mysql-5.6') return;
    await rows('SELECT id, HEX(g), HEX(d) FROM texts.faces');
    const refused = run(ends.target, 'texts', [
      'SET NAMES utf8mb4',
      "INSERT INTO faces (id, s) VALUES (10, '😡')",
    ]);
    await expect(refused).rejects.toMatchObject({ code: 'ER_CHECK_CONSTRAINT_VIOLATED' });
  });
});
