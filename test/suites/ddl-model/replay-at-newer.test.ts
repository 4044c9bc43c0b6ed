import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseVersion } from '../../../engine/connectors/mysql/ddl/dialect.ts';
import { splitCreate } from '../../../engine/connectors/mysql/ddl/split-create.ts';
import { createMapper } from '../../../engine/transform/mapping.ts';
import { type Flavour, type MysqlServer, startMysql } from '../../servers/mysql.ts';
import { describeHistory, historyOf } from './oracle.ts';
import { RandomDdl } from './random-ddl.ts';

const tablesEach = 60;
const mapper = createMapper({
  databases: [
    { name: 'one', as: 'two' },
    { name: 'two', as: 'two' },
  ],
});

describe.each<Flavour>(['mysql-5.6', 'mariadb-10.11', 'mysql-9.7'])('tables of %s', (flavour) => {
  let source: MysqlServer;
  let target: MysqlServer;
  beforeAll(async () => {
    [source, target] = await Promise.all([startMysql(flavour), startMysql('mysql-9.7')]);
    const lax = "SET foreign_key_checks = 0, sql_mode = ''";
    for (const server of [source, target]) {
      await server.query(`${lax}; CREATE DATABASE one; CREATE DATABASE two; USE one`);
    }
    await target.query('SET restrict_fk_on_non_standard_key = OFF; USE two');
  });
  afterAll(async () => {
    await Promise.all([source?.stop(), target?.stop()]);
  });

  test('are made in MySQL 9.7 in two steps and are alike there', async () => {
    let made = 0;
    const random = new RandomDdl(7, flavour);
    for (let number = 0; number < tablesEach; number++) {
      for (const name of ['two', 'one']) {
        await source.query(`DROP DATABASE ${name}; CREATE DATABASE ${name}; USE ${name}`);
      }
      await target.query('DROP DATABASE two; CREATE DATABASE two; USE two');
      if (!(await accepted(source, random.statement(await historyOf(source))))) continue;
      const history = await historyOf(source);
      const [table] = history.tables();
      if (table === undefined || unknownToMysql(table)) continue;
      const [shown] = await source.query(`SHOW CREATE TABLE ${table.id.database}.\`${table.id.name}\``);
      const sql = shown!['Create Table'];
      const to = { flavour: 'mysql', version: parseVersion('9.7.0') } as const;
      const split = splitCreate({ id: table.id, sql }, mapper, { from: history.server, to });
      await target.query(split.containerSql);
      for (const { sql: addition } of [...split.completion.indexes, ...split.completion.foreignKeys]) {
        await target.query(`ALTER TABLE two.\`${table.id.name}\` ${addition}`);
      }
      made += 1;
      expect(essence(await historyOf(target)), sql).toEqual(essence(history));
    }
    expect(made).toBeGreaterThan(tablesEach / 10);
  });
});

/** Columns and the names of keys: what both must have, whatever order the servers keep keys in. */
function essence(history: Awaited<ReturnType<typeof historyOf>>): unknown {
  const [table] = Object.values(
    describeHistory(history).tables as Record<
      string,
      { columns: unknown; indexes: { name: string }[]; foreignKeys: { name: string }[] }
    >,
  );
  return {
    columns: table?.columns,
    indexes: table?.indexes.map(({ name }) => name).sort(),
    foreignKeys: table?.foreignKeys.map(({ name }) => name),
  };
}

/** Types without a counterpart are refused, and keys that MySQL cannot keep: hashes over texts, indexes over whole geometries. */
const unknownToMysql = ({
  columns,
  keys,
}: {
  columns: readonly { type: { name: string } }[];
  keys: readonly { parts: readonly { column: number; prefix?: number }[] }[];
}): boolean => {
  const whole = (part: { column: number; prefix?: number }) =>
    part.prefix === undefined &&
    /text$|blob$|varchar|point|geometry/.test(columns[part.column]?.type.name ?? '');
  return (
    columns.some(({ type }) => /^(?:uuid|inet)/.test(type.name)) || keys.some((key) => key.parts.some(whole))
  );
};

async function accepted(server: MysqlServer, sql: string): Promise<boolean> {
  try {
    await server.query(sql);
    return true;
  } catch (error) {
    if (error instanceof Error && 'sqlState' in error) return false;
    throw error;
  }
}
