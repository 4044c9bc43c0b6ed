import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MysqlHistory } from '../../../engine/connectors/mysql/ddl/history.ts';
import { restoreHistory } from '../../../engine/connectors/mysql/ddl/history.ts';
import { DtsError } from '../../../engine/core/errors.ts';
import { flavours, type MysqlServer, startMysql } from '../../servers/mysql.ts';
import { describeHistory, follow, historyOf, LogReader } from './oracle.ts';
import { RandomDdl } from './random-ddl.ts';

/** Sequences per sql_mode; OPENDTS_TEST_DDL_SEQUENCES asks for more. */
const sequences = Number(process.env.OPENDTS_TEST_DDL_SEQUENCES ?? 6);
const firstSeed = Number(process.env.OPENDTS_TEST_DDL_SEED ?? 1);
const statementsEach = 60;

const modes = ['', 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION', 'NO_BACKSLASH_ESCAPES'];

describe.each(flavours)('the model of the structure on %s', (flavour) => {
  let server: MysqlServer;
  beforeAll(async () => {
    server = await startMysql(flavour);
  });
  afterAll(() => server?.stop());

  test('equals what the server shows after any sequence of schema statements', async () => {
    const log = new LogReader(server);
    let accepted = 0;
    for (let seed = firstSeed; seed < firstSeed + sequences; seed++) {
      const mode = modes[seed % modes.length]!;
      await freshDatabases(server, mode);
      await log.skipToEnd();
      let model: MysqlHistory = await historyOf(server);
      const random = new RandomDdl(seed, flavour);
      for (let number = 0; number < statementsEach; number++) {
        const sql = random.statement(model);
        const done = await tryToRun(server, sql);
        if (done) accepted += 1;
        const logged = await log.read();
        if (logged.length === 0) continue;
        // A CREATE OR REPLACE that failed has dropped the table all the same; it is logged with its error.
        if (!done && /^CREATE OR REPLACE/.test(sql)) {
          model = await historyOf(server);
          continue;
        }
        const shown = await historyOf(server);
        const followed = tryToFollow(model, logged, { sql_mode: `'${mode}'` });
        model = followed ?? shown;
        const context = `seed ${seed}, statement ${number}: ${sql}`;
        expect(describeHistory(model), context).toEqual(describeHistory(shown));
        expect(restoreHistory(model.serialize()).serialize(), context).toBe(model.serialize());
      }
    }
    expect(accepted).toBeGreaterThan(sequences * 10);
  });
});

/** Undefined for what the model refuses because it has no outcome that two servers share. */
function tryToFollow(...input: Parameters<typeof follow>): MysqlHistory | undefined {
  try {
    return follow(...input);
  } catch (error) {
    if (error instanceof DtsError && error.details.reason === 'diverges') return undefined;
    throw error;
  }
}

async function freshDatabases(server: MysqlServer, mode: string): Promise<void> {
  await server.query(`SET foreign_key_checks = 1, sql_mode = '${mode}', NAMES utf8mb4`);
  for (const database of ['one', 'two']) {
    await server.query(`DROP DATABASE IF EXISTS ${database}`);
    await server.query(`CREATE DATABASE ${database}`);
  }
  await server.query('USE one');
}

async function tryToRun(server: MysqlServer, sql: string): Promise<boolean> {
  try {
    await server.query(sql);
    return true;
  } catch (error) {
    // Refused by the server: nothing was logged. Anything else is a fault of the test.
    if (error instanceof Error && 'sqlState' in error) return false;
    throw error;
  }
}
