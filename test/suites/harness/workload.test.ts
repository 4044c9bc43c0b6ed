import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { flavours, type MysqlServer, startMysql } from '../../servers/mysql.ts';
import { brokenRules } from '../../workload/invariants.ts';
import { createWorkloadDatabase, startWorkload } from '../../workload/workload.ts';

// The chaos suites trust the workload: it must stay busy, stay valid, and its rules must notice a wrong state.

test.each(flavours)('the workload writes, alters and keeps its rules on %s', async (flavour) => {
  await using server = await startMysql(flavour);
  const options = {
    server,
    database: 'mixed',
    seed: 7,
    transactionsPerSecond: 300,
    schemaChangeSeconds: 0.1,
  };
  await createWorkloadDatabase(options);
  const kinds = new Set<string>();
  const workload = startWorkload({ ...options, onSchemaChange: (kind) => kinds.add(kind) });
  for (let moment = 0; moment < 5; moment++) {
    await workload.written(200);
    expect(await brokenRules(server, 'mixed')).toEqual([]);
  }
  const { transactions, rows, rolledBack, refused } = await workload.stop();
  expect(transactions).toBeGreaterThanOrEqual(1000);
  expect(rows).toBeGreaterThan(transactions * 4);
  expect(rolledBack).toBeGreaterThan(10);
  expect(kinds.size).toBeGreaterThan(8);
  const refusals = Object.values(refused).reduce((sum, count) => sum + count, 0);
  expect(refusals).toBeLessThan(transactions / 2);
});

describe('the rules notice', () => {
  let server: MysqlServer;
  let databases = 0;
  beforeAll(async () => {
    server = await startMysql('mysql-9.7');
  });
  afterAll(() => server?.stop());

  test.each([
    ['half of a transfer', 'UPDATE account_a SET balance = balance + 1 WHERE id = 1'],
    ['a transfer that is logged twice', 'INSERT INTO transfer_log SELECT * FROM transfer_log LIMIT 1'],
    ['a transaction that is missing', 'DELETE FROM journal WHERE writer = 1 AND seq = 2'],
    [
      'a transaction that came too early',
      "INSERT INTO journal SELECT writer, seq + 1, '' FROM clock WHERE writer = 1",
    ],
    ['a parent that is missing', 'SET foreign_key_checks = 0; INSERT INTO child (parent) VALUES (123456789)'],
    [
      'a trigger that fired a second time',
      'INSERT INTO line_log (delta) SELECT delta FROM line_log WHERE delta = 1 LIMIT 1',
    ],
    ['an event that acted a second time', 'INSERT INTO beat (at) VALUES (NOW(6))'],
  ])('%s', async (_what, fault) => {
    const database = `mixed_${++databases}`;
    const options = { server, database, seed: 7, transactionsPerSecond: 1000 };
    await createWorkloadDatabase(options);
    const workload = startWorkload(options);
    await workload.written(50);
    await workload.stop();
    expect(await brokenRules(server, database)).toEqual([]);
    await server.query(`USE ${database}; ${fault}`);
    expect(await brokenRules(server, database)).not.toEqual([]);
  });
});
