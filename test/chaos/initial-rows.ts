import type { MysqlServer } from '../servers/mysql.ts';

const digit =
  '(SELECT 0 d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)';

/** Fills the workload's tables, so that the full load takes a while. */
export async function growInitialRows(server: MysqlServer, database: string): Promise<void> {
  const thousand = `(SELECT a.d + 10 * b.d + 100 * c.d AS n FROM ${digit} a, ${digit} b, ${digit} c) AS numbers`;
  const hundred = `(SELECT a.d + 10 * b.d AS n FROM ${digit} a, ${digit} b) AS numbers`;
  const connection = await server.connect({ database, multipleStatements: false });
  try {
    for (const sql of [
      `INSERT INTO item (name, price, weight, data, kind) SELECT CONCAT('item ', m.n, ' 😀'), m.n / 7, numbers.n / 3, REPEAT('x', 100), 1 + numbers.n % 3
         FROM ${thousand}, (SELECT n FROM ${hundred} WHERE n < 40) AS m`,
      `INSERT INTO keyless SELECT n % 50, IF(n % 3 = 0, NULL, 'same'), n % 5 FROM ${thousand}`,
      `INSERT INTO keyless SELECT a, b, c FROM keyless`,
      `INSERT IGNORE INTO named SELECT CONCAT('name ', n), n, n / 10 FROM ${thousand}`,
      `INSERT INTO line SELECT n, CONCAT('line ', n), '2026-01-01', n, REPEAT('é', n % 200) FROM ${thousand}`,
      `INSERT INTO bulk (data, text) SELECT REPEAT('b', 50000), REPEAT('t', 20000) FROM ${hundred}`,
      `INSERT INTO parent (name) SELECT CONCAT('p', n) FROM ${thousand}`,
      'INSERT INTO child (parent, n) SELECT id, 1 FROM parent',
    ]) {
      await connection.query(sql);
    }
  } finally {
    await connection.end();
  }
}
