import type { MysqlServer } from '../servers/mysql.ts';

/** Rows made by the server itself. They do not go through its binary log: only a full load can bring them over. */

const numbers = (count: number, from = 1): string =>
  `WITH RECURSIVE n (i) AS (SELECT ${from} UNION ALL SELECT i + 1 FROM n WHERE i < ${from + count - 1})`;

/** Rows made by one statement: the numbers they come from are a temporary table. */
const PER_STATEMENT = 500_000;

async function fill(server: MysqlServer, rows: number, insert: (numbered: string) => string): Promise<void> {
  const connection = await server.connect();
  try {
    await connection.query(
      'SET SESSION sql_log_bin = 0, cte_max_recursion_depth = 4294967295, unique_checks = 0',
    );
    for (let from = 1; from <= rows; from += PER_STATEMENT) {
      await connection.query(insert(numbers(Math.min(PER_STATEMENT, rows - from + 1), from)));
    }
  } finally {
    await connection.end();
  }
}

/** A table as sysbench makes it. */
export async function createSysbenchTable(server: MysqlServer, table: string, rows: number): Promise<void> {
  await server.query(`
    CREATE TABLE ${table} (id INT NOT NULL AUTO_INCREMENT, k INT NOT NULL DEFAULT 0, c CHAR(120) NOT NULL DEFAULT '',
      pad CHAR(60) NOT NULL DEFAULT '', PRIMARY KEY (id), KEY k_1 (k))`);
  await fill(
    server,
    rows,
    (numbered) => `INSERT INTO ${table} (id, k, c, pad) ${numbered}
      SELECT i, RAND(i) * ${rows}, CONCAT(SHA2(i, 256), '-', LEFT(SHA2(i + 1, 256), 50)), LEFT(SHA2(i + 2, 256), 59) FROM n`,
  );
  await server.query(`ANALYZE TABLE ${table}`);
}

/** Thirty columns of mixed types. */
export const wideColumns = `
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, i1 INT, i2 INT UNSIGNED, i3 SMALLINT, i4 TINYINT, i5 MEDIUMINT, i6 BIGINT,
  d1 DECIMAL(18,4), d2 DECIMAL(30,10), d3 DECIMAL(5,2), f1 DOUBLE, f2 FLOAT, t1 DATETIME, t2 DATETIME(6), t3 TIMESTAMP(3) NULL, t4 DATE,
  t5 TIME(6), y1 YEAR, e1 ENUM('new','paid','sent','returned'), s1 SET('a','b','c','d'), v1 VARCHAR(40), v2 VARCHAR(200), c1 CHAR(10),
  x1 VARBINARY(64), x2 BINARY(16), b1 BLOB, l1 TEXT, j1 JSON, bit1 BIT(12), n1 VARCHAR(20)`;

/** Values of wideColumns but `id`, from an expression that is a number. A FLOAT of more than six digits no text dump brings over. */
export const wideValues = (i: string): string => `
  ${i} * 7919 % 2000000000, ${i} * 31, ${i} % 30000, ${i} % 120, ${i} * 3 % 8000000, ${i} * 1000000007,
  ${i} * 1.2345, ${i} * 12345.6789012345, ${i} % 999 + 0.25, ${i} / 7, ${i} % 8000 / 8, '2020-01-01' + INTERVAL ${i} % 50000000 SECOND,
  '2020-01-01 00:00:00.123456' + INTERVAL ${i} % 1000000 SECOND, '2021-05-05 12:00:00.500' + INTERVAL ${i} % 1000000 SECOND,
  '2000-01-01' + INTERVAL ${i} % 9000 DAY, SEC_TO_TIME(${i} % 80000), 1970 + ${i} % 100, 1 + ${i} % 4, ${i} % 16, LEFT(SHA2(${i}, 256), 40),
  CONCAT('Straße Nr. ', ${i}, ' – ', SHA2(${i}, 512)), LEFT(SHA2(${i}, 224), 10), UNHEX(SHA2(${i}, 512)), UNHEX(LEFT(SHA2(${i}, 224), 32)),
  CONCAT(UNHEX(SHA2(${i}, 256)), UNHEX('0027225c0a0d')), REPEAT(CONCAT('line ', ${i}, ' 😀\\n'), 1 + ${i} % 8),
  CAST(CONCAT('{"id": ', ${i}, ', "tags": ["a", "b", ', ${i} % 10, '], "name": "name ', ${i}, '", "ok": true}') AS JSON), ${i} % 4096,
  IF(${i} % 3 = 0, NULL, 'x')`;

export async function createWideTable(server: MysqlServer, table: string, rows: number): Promise<void> {
  await server.query(`CREATE TABLE ${table} (${wideColumns}, KEY (i1), KEY (t1))`);
  await fill(
    server,
    rows,
    (numbered) => `INSERT INTO ${table} ${numbered} SELECT i, ${wideValues('i')} FROM n`,
  );
  await server.query(`ANALYZE TABLE ${table}`);
}
