import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareEnds } from '../../compare/compare.ts';
import { flavours, type MysqlServer, startMysql } from '../../servers/mysql.ts';
import { TaskHarness } from '../pipeline/task-harness.ts';

/** What the schema statements of one session run under; the text is sent in the character set of the connection. */
interface Session {
  readonly name: string;
  /** Only where the log tells it: MySQL before 8.0 and MariaDB leave out the time zone of schema statements. */
  readonly modern?: true;
  readonly charset?: string;
  readonly settings?: readonly string[];
  readonly statements: readonly string[];
}

const sessions: readonly Session[] = [
  {
    name: 'double quotes around names',
    settings: ["sql_mode = 'ANSI_QUOTES'"],
    statements: [`CREATE TABLE "quoted ""name" (id INT PRIMARY KEY, "v" VARCHAR(20) DEFAULT 'say "x"')`],
  },
  {
    name: 'backslashes as they are',
    settings: ["sql_mode = 'NO_BACKSLASH_ESCAPES'"],
    statements: ["CREATE TABLE slashes (id INT PRIMARY KEY, v VARCHAR(20) DEFAULT 'a\\n' COMMENT '\\')"],
  },
  {
    name: 'REAL as FLOAT, and dates that are none',
    settings: ["sql_mode = 'REAL_AS_FLOAT,ALLOW_INVALID_DATES'"],
    statements: ["CREATE TABLE reals (id INT PRIMARY KEY, r REAL, d DATE DEFAULT '2024-02-31')"],
  },
  {
    name: 'a time zone of its own',
    modern: true,
    settings: ["time_zone = '+05:30'"],
    statements: [
      "CREATE TABLE zones (id INT PRIMARY KEY, at TIMESTAMP NOT NULL DEFAULT '2020-01-01 00:00:00')",
      "ALTER TABLE zones ADD COLUMN later TIMESTAMP NOT NULL DEFAULT '2020-07-01 12:00:00'",
    ],
  },
  {
    name: 'text in latin1',
    charset: 'latin1',
    statements: [
      "CREATE TABLE umlaute (id INT PRIMARY KEY, größe VARCHAR(20) CHARACTER SET utf8 DEFAULT 'süß' COMMENT 'in Ähren') CHARACTER SET latin1 COMMENT 'für'",
    ],
  },
  {
    name: 'text in gbk',
    charset: 'gbk',
    statements: [
      "CREATE TABLE 表 (id INT PRIMARY KEY, 名 VARCHAR(20) CHARACTER SET utf8 DEFAULT '誠' COMMENT '注释')",
    ],
  },
  {
    name: 'utf8mb4 without a collation',
    statements: [
      'CREATE TABLE plain (id INT PRIMARY KEY, v VARCHAR(20)) CHARSET utf8mb4',
      'CREATE TABLE own (id INT PRIMARY KEY, a VARCHAR(20) CHARACTER SET utf8mb4 NOT NULL, b TEXT CHARSET utf8mb4 COLLATE utf8mb4_bin) CHARSET=latin1',
      'ALTER TABLE own ADD COLUMN c VARCHAR(20) CHARACTER SET utf8mb4, ADD d CHAR(3) CHARACTER SET utf8mb4 BINARY',
      'CREATE TABLE turned (id INT PRIMARY KEY, v VARCHAR(20)) CHARSET latin1',
      'ALTER TABLE turned CONVERT TO CHARACTER SET utf8mb4',
      'CREATE TABLE told (id INT PRIMARY KEY, v VARCHAR(20)) DEFAULT CHARACTER SET = utf8mb4, COLLATE = utf8mb4_unicode_ci',
      'CREATE FUNCTION echo(t VARCHAR(10) CHARSET utf8mb4) RETURNS VARCHAR(10) CHARSET utf8mb4 DETERMINISTIC RETURN CAST(t AS CHAR(10) CHARACTER SET utf8mb4)',
      'ALTER DATABASE d CHARACTER SET utf8mb4',
      'CREATE TABLE inherited (id INT PRIMARY KEY, v VARCHAR(20))',
    ],
  },
  {
    name: 'TIMESTAMP columns by the rules of old',
    statements: ['CREATE TABLE stamps (id INT PRIMARY KEY, first TIMESTAMP, second TIMESTAMP NULL)'],
  },
];

describe.each(flavours)('sessions of schema changes from %s', (flavour) => {
  let source: MysqlServer;
  let target: MysqlServer;
  beforeAll(async () => {
    [source, target] = await Promise.all([
      startMysql(flavour, {
        serverId: 1,
        args: ['--log-bin-trust-function-creators=ON', '--explicit-defaults-for-timestamp=OFF'],
      }),
      startMysql('mysql-9.7', { serverId: 2, args: ['--log-bin-trust-function-creators=ON'] }),
    ]);
  });
  afterAll(async () => {
    await Promise.all([source?.stop(), target?.stop()]);
  });

  test('are restored at the target', async () => {
    await source.query('CREATE DATABASE d CHARACTER SET latin1');
    const selection = { databases: [{ name: 'd' }] };
    await using task = await TaskHarness.create({ source, target, selection });
    task.start();
    await task.caughtUp();
    for (const { modern, charset, settings = [], statements } of sessions) {
      if (modern && flavour !== 'mysql-9.7') continue;
      const session = await source.connect({ database: 'd', ...(charset ? { charset } : {}) });
      for (const setting of settings) await session.query(`SET SESSION ${setting}`);
      for (const statement of statements) await session.query(statement);
      await session.end();
    }
    await task.complete();
    const { report } = await compareEnds({ source, target, databases: selection.databases });
    expect(report).toBe('');
    const database =
      'SELECT DEFAULT_COLLATION_NAME AS name FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = "d"';
    expect(await target.query(database)).toEqual(await source.query(database));
  });
});
